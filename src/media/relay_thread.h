// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <thread>

#include "media/connectivity.h"
#include "media/packet_pump.h"
#include "media/relay.h"
#include "net/mailbox.h"

namespace wakeline::media {

/// A relay on a thread of its own, with its loop and sockets. It owns its streams outright: other threads
/// send it commands, and get their answers in mailboxes.
class RelayThread {
public:
    using Command = std::function<void(Relay&, PacketIo&, net::TimePoint)>;
    /// Called on the media thread.
    using Silent = std::function<void(const std::vector<MediaId>&)>;

    RelayThread(const SrtpLibrary& library, MediaMetrics& metrics, Relay::Options options, Silent silent,
                std::chrono::microseconds pacing = PacketPump::kPacing);
    /// Runs what was posted before, then ends the thread.
    ~RelayThread();
    RelayThread(const RelayThread&) = delete;
    RelayThread& operator=(const RelayThread&) = delete;

    /// Before `start`: ICE and DTLS share the ports. `dtls` outlives this, and is stopped before.
    void share_ports(DtlsThread& dtls);
    void start();
    /// From any thread.
    void post(Command command);
    /// The same as a letter, to be sent with others.
    net::Mailbox::Letter letter(Command command);
    net::Mailbox& mailbox() noexcept { return mailbox_; }

private:
    void run();
    void tick();

    net::EventLoop loop_;
    MediaMetrics& metrics_;
    Relay relay_;
    PacketPump pump_;
    net::Mailbox mailbox_;
    std::optional<Connectivity> connectivity_;
    net::Timer tick_;
    Silent silent_;
    std::thread thread_;
};

} // namespace wakeline::media
