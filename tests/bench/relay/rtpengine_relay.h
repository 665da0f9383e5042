// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bench/relay/relay_process.h"

namespace wakeline::bench {

/// rtpengine in user space with one worker, told of calls over its control protocol.
class RtpengineRelay final : public RelayProcess {
public:
    /// The program's path; empty when it is not installed.
    static std::string program();

    RtpengineRelay();

    std::string_view name() const override { return "rtpengine"; }
    Result<std::vector<Route>> open(const Work& work) override;
    Status close() override;

private:
    Result<std::string> ask(const std::string& command);
    Status wait_until_ready();
    Result<std::string> negotiate(const std::string& command, unsigned call, const std::string& sdp,
                                  const char* protocol);

    net::Fd control_;
    net::SocketAddress address_;
    unsigned first_call_ = 0, calls_ = 0, cookie_ = 0;
};

} // namespace wakeline::bench
