// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wakeline::ctl {

/// A capture file for Wireshark. What came over TCP or TLS stands in it as UDP with its real addresses, so
/// that the text can be read.
class Pcap {
public:
    void add(std::int64_t at_us, std::string_view from, std::string_view to, std::string_view payload);
    const std::string& str() const { return out_; }

    Pcap();

private:
    std::string out_;
};

} // namespace wakeline::ctl
