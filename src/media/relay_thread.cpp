// SPDX-License-Identifier: Apache-2.0
#include "media/relay_thread.h"

#include <pthread.h>

#include <csignal>

namespace wakeline::media {

RelayThread::RelayThread(const SrtpLibrary& library, MediaMetrics& metrics, Relay::Options options,
                         Silent silent, std::chrono::microseconds pacing)
    : metrics_(metrics), relay_(library, metrics, std::move(options)), pump_(loop_, relay_, metrics, pacing),
      mailbox_(loop_), tick_(loop_), silent_(std::move(silent)) {}

RelayThread::~RelayThread() {
    if (!thread_.joinable()) return;
    mailbox_.post([this] { loop_.stop(); });
    thread_.join();
}

void RelayThread::share_ports(DtlsThread& dtls) {
    const auto run_here = [this](net::Mailbox::Letter letter) { mailbox_.post(std::move(letter)); };
    connectivity_.emplace(DtlsHandshakes::Ground{relay_, pump_, loop_, run_here}, metrics_, dtls);
    relay_.set_port_sharer(*connectivity_);
}

void RelayThread::start() {
    tick();
    thread_ = std::thread([this] { run(); });
}

void RelayThread::post(Command command) { mailbox_.post(letter(std::move(command))); }

net::Mailbox::Letter RelayThread::letter(Command command) {
    return [this, command = std::move(command)] { command(relay_, pump_, loop_.now()); };
}

void RelayThread::run() {
    // Signals are the signalling thread's.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    pthread_setname_np(pthread_self(), "wakeline-media");
    loop_.run();
}

void RelayThread::tick() {
    tick_.arm(std::chrono::seconds(1), [this] { tick(); });
    const auto silent = relay_.tick(loop_.now());
    if (!silent.empty()) silent_(silent);
}

} // namespace wakeline::media
