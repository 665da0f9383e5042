// SPDX-License-Identifier: Apache-2.0
#include "sip/stream_flow.h"

#include "sip/received.h"

namespace wakeline::sip {

net::Stream::Options StreamFlow::Home::options() const {
    net::Stream::Options options;
    options.dscp = endpoint.dscp;
    options.handshake_timeout = intake.limits.handshake;
    options.max_queue_bytes = intake.limits.queue_bytes;
    return options;
}

StreamFlow::StreamFlow(Home& home, FlowId id, FlowInfo info)
    : Flow(id, std::move(info)), home_(home), intake_(home.intake),
      place_(home.order.add(*this, intake_.loop.now())), heard_(intake_.loop.now()), progress_(intake_.loop) {
    ++intake_.connections;
    intake_.metrics.traffic(this->info().kind).flows.add();
}

StreamFlow::~StreamFlow() { leave(); }

void StreamFlow::take(std::unique_ptr<net::Stream> stream) {
    stream_ = std::move(stream);
    stream_->start(*this);
    progress_.arm(intake_.limits.first_message, [this] { too_slow("connected, and said nothing"); });
}

void StreamFlow::connect(const FlowTarget& target, net::TlsContext* client, std::string key) {
    key_ = std::move(key);
    const auto& from = home_.endpoint.address;
    if (target.kind == TransportKind::Tls)
        stream_ = net::Stream::connect_tls(intake_.loop, from, target.remote, *client, target.tls_name,
                                           home_.options(), *this);
    else
        stream_ = net::Stream::connect(intake_.loop, from, target.remote, home_.options(), *this);
}

bool StreamFlow::send(std::string message) {
    const bool full = stream_->queued() + message.size() > intake_.limits.queue_bytes;
    if (full) intake_.metrics.slow_closed.add();
    touch();
    return stream_->write(message);
}

bool StreamFlow::finish() {
    finished_ = true;
    progress_.cancel();
    leave();
    stream_->close();
    return true;
}

void StreamFlow::keep_alive(net::TimePoint asleep_if_silent_since) {
    touch();
    if (info().side == Side::Trunk) return static_cast<void>(stream_->write(kPing)); // a PBX does not sleep
    if (heard_ > asleep_if_silent_since) stream_->write(kPong);
}

void StreamFlow::on_connected() {
    info_.local = stream_->local();
    info_.sent_by = home_.endpoint.sent_by(info_.local, home_.port);
}

void StreamFlow::on_data(std::string_view data) {
    heard_ = intake_.loop.now();
    touch();
    framer_.add(data);
    while (!finished_) {
        const auto event = framer_.next();
        if (!event) return watch_progress();
        std::visit([this](const auto& e) { handle(e); }, *event);
    }
}

void StreamFlow::handle(const StreamFramer::Frame& frame) {
    Intake::Read read = intake_.read(info().kind, info().remote, frame.bytes);
    spoke_ = spoke_ || read.message.has_value();
    progressed();
    if (intake_.tap != nullptr) intake_.tap->on_octets(Tap::Way::Received, info(), frame.bytes);
    if (read.message)
        intake_.flows.user().on_message(id(), *read.message);
    else if (!read.answer.empty())
        stream_->write(read.answer);
}

void StreamFlow::handle(const StreamFramer::Ping&) {
    progressed();
    intake_.metrics.keepalives.add();
    stream_->write(kPong);
}

void StreamFlow::handle(const StreamFramer::Broken& broken) {
    intake_.metrics.framing_errors.add();
    intake_.log_peer("closing a connection: what it sent is no SIP message",
                     {{"listener", info().listener}, {"from", info().remote.str()}, {"why", broken.why}});
    if (!broken.response.empty()) {
        std::string response = broken.response;
        stamp_received(response, info().remote);
        stream_->write(response);
    }
    intake_.flows.close(id(), broken.why);
}

/// The time of a message counts from its first octet: one octet a second does not keep a connection. Nor do
/// pings, before the first message: whoever has no business here would hold it for ever.
void StreamFlow::watch_progress() {
    if (timing_message_ || !framer_.mid_message()) return;
    timing_message_ = true;
    progress_.arm(intake_.limits.whole_message, [this] { too_slow("a message began and never ended"); });
}

void StreamFlow::progressed() {
    timing_message_ = false;
    if (spoke_) progress_.cancel();
}

void StreamFlow::too_slow(std::string_view why) {
    intake_.metrics.slow_closed.add();
    intake_.flows.close(id(), why);
}

void StreamFlow::on_closed(std::string_view why) {
    leave();
    intake_.flows.ended(id(), why);
}

void StreamFlow::touch() {
    if (listed_) home_.order.touch(place_, intake_.loop.now());
}

/// Out of the tables at once: the flow itself may have to finish sending.
void StreamFlow::leave() {
    if (!listed_) return;
    listed_ = false;
    home_.order.remove(place_);
    if (!key_.empty()) home_.opened_by_us.erase(key_);
    --intake_.connections;
    intake_.metrics.traffic(info().kind).flows.add(-1);
}

} // namespace wakeline::sip
