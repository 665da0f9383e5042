// SPDX-License-Identifier: Apache-2.0
// A REGISTER as a peer may send it, from the bytes to the answer: what comes out must obey the limits, and
// nothing that we write may hold a push parameter of another device or more than one line.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "registrar/registration_answer.h"
#include "registrar/registration_plan.h"

using namespace wakeline;
using namespace wakeline::registrar;

namespace {

const Domains kDomains({"example.com"}, {"192.0.2.1"});

void check(const RegisterRequest& request) {
    WAKELINE_ASSERT(request.aor.size() <= 256 && request.contacts.size() <= 16);
    for (const ContactUpdate& contact : request.contacts) {
        const auto uri = sip::Uri::parse(contact.uri);
        WAKELINE_ASSERT(uri && uri->params.str().find(";pn-") == std::string::npos);
        WAKELINE_ASSERT(contact.push.data.prid.reveal().find_first_of(" \r\n\t") == std::string::npos);
    }
}

void answer(const sip::Message& message, const RegisterRequest& request) {
    const Origin origin{1, "TLS", "198.51.100.1:40000"};
    const net::WallTime now(std::chrono::hours(500'000));
    const std::vector<std::chrono::seconds> granted(request.contacts.size(), std::chrono::hours(1));
    std::vector<Binding> bindings;
    // Twice: the second time each contact meets itself.
    for (int round = 0; round < 2; ++round) {
        auto plan = plan_registration({request, origin, bindings, now}, granted, {});
        if (auto* update = std::get_if<Bindings::Update>(&plan))
            if (!update->put.empty()) bindings = std::move(update->put);
        WAKELINE_ASSERT(bindings.size() <= request.contacts.size());
    }
    const std::vector<std::string> services{"apns", "fcm"};
    auto ok = sip::Builder::response(message, 200, "tag");
    const registrar::DeviceNames names(Secret("00112233445566778899aabbccddeeff"));
    RegistrationAnswer{request, bindings, services, names, now, std::chrono::seconds(50)}.write(ok);
    WAKELINE_ASSERT(std::holds_alternative<sip::Message>(sip::Message::parse(ok.str())));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view contact(reinterpret_cast<const char*>(data), size);
    std::string text = "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TLS 192.0.2.7;branch=z9hG4bK1\r\n"
                       "From: <sip:a@example.com>;tag=1\r\nTo: <sip:a@example.com>\r\nCall-ID: 1\r\n"
                       "CSeq: 1 REGISTER\r\nContact: ";
    text.append(contact).append("\r\nContent-Length: 0\r\n\r\n");
    auto parsed = sip::Message::parse(text);
    const auto* message = std::get_if<sip::Message>(&parsed);
    if (message == nullptr || !message->is_request()) return 0;
    const auto read = RegisterRequest::read(*message, kDomains);
    if (const auto* request = std::get_if<RegisterRequest>(&read)) {
        check(*request);
        answer(*message, *request);
    }
    return 0;
}
