// SPDX-License-Identifier: Apache-2.0
#include "media/dtls_thread.h"

#include <pthread.h>

#include <csignal>

namespace wakeline::media {

namespace {

/// What waits for the thread, and how many handshakes there are at once. More is dropped: clients repeat.
constexpr std::size_t kMostQueued = 1'024, kMostHandshakes = 4'096;
constexpr net::Duration kTick = std::chrono::seconds(5);
/// The peer may still repeat its last flight.
constexpr net::Duration kLinger = std::chrono::seconds(15);

} // namespace

DtlsThread::DtlsThread(DtlsIdentity identity, std::vector<SrtpSuite> suites)
    : identity_(std::move(identity)), suites_(std::move(suites)), mailbox_(loop_), tick_(loop_) {}

DtlsThread::~DtlsThread() { stop(); }

void DtlsThread::start() {
    tick();
    thread_ = std::thread([this] {
        sigset_t all; // signals are the signalling thread's
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);
        pthread_setname_np(pthread_self(), "wakeline-dtls");
        loop_.run();
    });
}

void DtlsThread::stop() {
    if (!thread_.joinable()) return;
    mailbox_.post([this] { loop_.stop(); });
    thread_.join();
    handshakes_.clear();
}

HandshakeId DtlsThread::open(Owner& owner, bool client, bool address_proved) {
    const HandshakeId id = ++last_id_;
    mailbox_.post([this, id, &owner, client, address_proved] { begin(id, owner, client, address_proved); });
    return id;
}

void DtlsThread::begin(HandshakeId id, Owner& owner, bool client, bool address_proved) {
    if (handshakes_.size() >= kMostHandshakes) return owner.on_failed(id, "too many handshakes at once");
    auto handshake = std::make_unique<Handshake>(id, owner);
    auto association = DtlsAssociation::create(
        identity_, {.client = client, .address_proved = address_proved, .suites = suites_}, loop_,
        *handshake);
    if (!association) return owner.on_failed(id, association.error().message);
    handshake->association = *std::move(association);
    DtlsAssociation& begun = *handshake->association;
    handshakes_[id] = std::move(handshake);
    begun.start();
}

void DtlsThread::receive(HandshakeId id, ByteView datagram) {
    if (queued_ >= kMostQueued) return;
    ++queued_;
    mailbox_.post([this, id, data = Bytes(datagram.begin(), datagram.end())] {
        --queued_;
        const auto found = handshakes_.find(id);
        if (found != handshakes_.end()) found->second->association->receive(data);
    });
}

void DtlsThread::forget(HandshakeId id) {
    mailbox_.post([this, id] { handshakes_.erase(id); });
}

void DtlsThread::tick() {
    tick_.arm(kTick, [this] { tick(); });
    std::erase_if(handshakes_, [now = loop_.now()](const auto& entry) {
        const DtlsAssociation& association = *entry.second->association;
        return association.state() != DtlsAssociation::State::Handshaking &&
               now - association.since() > kLinger;
    });
}

} // namespace wakeline::media
