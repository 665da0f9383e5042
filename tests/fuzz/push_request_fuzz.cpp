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

/// What a phone and a caller choose: "<pn-param>\n<pn-prid>\n<number>\n<name>".
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto lines = split({reinterpret_cast<const char*>(data), size}, '\n');
    const auto line = [&lines](std::size_t i) { return std::string(i < lines.size() ? lines[i] : ""); };
    const auto device = ApnsDevice::parse({"apns", line(0), Secret(line(1))});
    if (device)
        WAKELINE_ASSERT(device->token.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos);
    WakeRequest request;
    request.caller_number = line(2);
    request.caller_name = line(3);
    const std::string apns = apns_payload(request), fcm = fcm_message(line(1), request);
    WAKELINE_ASSERT(apns.size() <= kApnsLimit);
    WAKELINE_ASSERT(nlohmann::json::accept(apns));
    WAKELINE_ASSERT(nlohmann::json::accept(fcm));
    return 0;
}
