// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/bytes.h"
#include "sip/builder.h"
#include "sip/message.h"
#include "sip/request_check.h"

using namespace wakeline::sip;

namespace {

Message parsed_again(const std::string& text) {
    auto result = Message::parse(text);
    WAKELINE_ASSERT(std::holds_alternative<Message>(result));
    return std::get<Message>(std::move(result));
}

/// Asks everything that can be asked, and holds the answers to each other.
void read(const Message& m) {
    WAKELINE_ASSERT(!m.method().empty() && !m.call_id().empty() && m.via_count() > 0);
    WAKELINE_ASSERT(m.header("From") && m.header("t") && m.header("CSeq"));
    WAKELINE_ASSERT(m.contacts().empty() || !m.contact_star());
    static_cast<void>(m.routes());
    static_cast<void>(m.record_routes());
    static_cast<void>(m.expires());
    static_cast<void>(m.max_forwards());
    static_cast<void>(m.content_type());
    static_cast<void>(m.has_token("Supported", "100rel"));
    m.each_header([&](std::string_view name, std::string_view value) {
        WAKELINE_ASSERT(value.find_first_of("\r\n") == std::string_view::npos);
        WAKELINE_ASSERT(m.header(name).has_value());
    });
}

/// What we answer, and what we pass on, must be messages as well.
void write(const Message& m) {
    if (m.is_request()) {
        auto answer = Builder::response(m, 480, "tag");
        if (const auto verdict = request_check(m)) answer = verdict->answer(m, "tag");
        WAKELINE_ASSERT(answer.clean());
        const Message back = parsed_again(answer.str());
        WAKELINE_ASSERT(back.call_id() == m.call_id() && back.cseq() == m.cseq() && back.from() == m.from());
        WAKELINE_ASSERT(back.top_via() == m.top_via() && !back.to_tag().empty());
    } else {
        static_cast<void>(response_check(m));
    }
    auto passed_on =
        m.is_request() ? Builder::request(m.method(), m.request_uri()) : Builder::request("X", "sip:x");
    m.each_header([&](std::string_view name, std::string_view value) { passed_on.add(name, value); });
    passed_on.body(m.content_type(), m.body());
    WAKELINE_ASSERT(passed_on.clean());
    static_cast<void>(passed_on.str());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto result = Message::parse(wakeline::as_text({data, size}));
    if (const auto* message = std::get_if<Message>(&result)) {
        read(*message);
        write(*message);
    } else {
        const auto& refusal = std::get<Refusal>(result);
        WAKELINE_ASSERT(refusal.response.empty() == (refusal.status == 0));
        WAKELINE_ASSERT(refusal.response.size() < 10'000 && !refusal.why.empty());
    }
    return 0;
}
