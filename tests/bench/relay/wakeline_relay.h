// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <cstdio>
#include <memory>

#include "bench/relay/relay_process.h"
#include "media/config.h"

namespace wakeline::bench {

/// Lines to and from the other end of a socket pair.
class LineChannel {
public:
    explicit LineChannel(net::Fd fd);
    Status write(const std::string& line);
    Status flush();
    Result<std::string> read();

private:
    struct Close {
        void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
    };
    std::unique_ptr<std::FILE, Close> in_, out_;
};

/// The media sessions of the daemon, with its ports and media threads; calls are set up by offer and answer.
class WakelineRelay final : public RelayProcess {
public:
    explicit WakelineRelay(const media::MediaConfig& config);

    std::string_view name() const override { return "wakeline"; }
    Result<std::vector<Route>> open(const Work& work) override;
    Status close() override;
    /// Sets up that many calls and ends them, one after the other.
    Status cycle(const Work& work);

private:
    Status ask(const std::string& command, const Work& work);

    std::unique_ptr<LineChannel> channel_;
};

/// For loopback: no port is fixed, and SRTP is what the suite says.
media::MediaConfig relay_config(std::optional<media::SrtpSuite> suite, std::chrono::microseconds pacing);

} // namespace wakeline::bench
