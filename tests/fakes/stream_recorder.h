// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "net/stream.h"

namespace wakeline::test {

/// The user of one stream: keeps what it is told.
struct StreamRecorder final : net::Stream::User {
    void on_connected() override { connected = true; }
    void on_data(std::string_view bytes) override {
        data += bytes;
        if (echo) stream->write(bytes);
    }
    void on_closed(std::string_view why) override {
        closed = true;
        reason = why;
        if (drop) stream.reset();
    }

    std::unique_ptr<net::Stream> stream;
    bool connected = false, closed = false;
    bool echo = false, drop = true;
    std::string data, reason;
};

} // namespace wakeline::test
