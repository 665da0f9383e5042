// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "push/apns_device.h"
#include "push/payload.h"

using namespace wakeline;
using namespace wakeline::push;

/// What a phone and a caller choose: "<pn-param>\n<pn-prid>\n<number>\n<name>\n<text>".
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto lines = split({reinterpret_cast<const char*>(data), size}, '\n');
    const auto line = [&lines](std::size_t i) { return std::string(i < lines.size() ? lines[i] : ""); };
    const auto device = ApnsDevice::parse({"apns", line(0), Secret(line(1))});
    if (device)
        for (const WakeKind kind : {WakeKind::Call, WakeKind::Message})
            WAKELINE_ASSERT(device->token(kind).find_first_not_of("0123456789abcdefABCDEF") ==
                            std::string::npos);
    WakeRequest request;
    request.caller_number = line(2);
    request.caller_name = line(3);
    request.text = line(4);
    for (const WakeKind kind : {WakeKind::Call, WakeKind::Message, WakeKind::CallEnded, WakeKind::Request}) {
        request.kind = kind;
        const std::string apns = apns_payload(request);
        WAKELINE_ASSERT(apns.size() <= (kind == WakeKind::Call ? kApnsLimit : kApnsAlertLimit));
        WAKELINE_ASSERT(nlohmann::json::accept(apns));
        WAKELINE_ASSERT(nlohmann::json::accept(fcm_message(line(1), request)));
        WAKELINE_ASSERT(
            nlohmann::json::accept(webhook_body({line(0), line(0), Secret(line(1))}, line(2), request)));
    }
    return 0;
}
