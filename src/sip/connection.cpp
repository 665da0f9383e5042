// SPDX-License-Identifier: Apache-2.0
#include "sip/connection.h"

namespace wakeline::sip {

namespace {

constexpr net::Duration kMessageTime = std::chrono::seconds(30); // for a message to end once it has begun
constexpr net::Duration kSilence = std::chrono::seconds(60);     // for a connection to say anything at all

} // namespace

void Connection::accept(std::unique_ptr<net::Stream> stream) {
    own(std::move(stream));
    stream_->start(*this);
}

void Connection::on_connected() {
    // The system chose our port: what we write in Via keeps the endpoint's, where we listen.
    info_.local = stream_->local();
    last_traffic_ = ground_.loop.now();
}

bool Connection::send(std::string_view message) {
    if (closing_ || !stream_->write(message)) return false;
    last_traffic_ = ground_.loop.now();
    ground_.metrics.messages_out.add();
    return true;
}

void Connection::on_data(std::string_view data) {
    if (closing_) return;
    last_traffic_ = ground_.loop.now();
    if (!framer_.mid_message()) message_began_ = last_traffic_;
    framer_.add(data);
    while (auto event = framer_.next())
        if (!take(*event)) return;
}

bool Connection::take(const StreamFramer::Event& event) {
    if (std::holds_alternative<StreamFramer::Ping>(event)) {
        ground_.metrics.pings.add();
        stream_->write(kPong);
        return true;
    }
    if (const auto* frame = std::get_if<StreamFramer::Frame>(&event)) {
        take_message(frame->bytes);
        message_began_ = last_traffic_;
        return !closing_;
    }
    const auto& broken = std::get<StreamFramer::Broken>(event);
    ground_.metrics.broken_streams.add();
    ground_.log.debug("connection closed: its bytes are not SIP",
                      {{"from", info_.remote.str()}, {"why", broken.why}});
    if (!broken.response.empty()) stream_->write(broken.response);
    closing_ = true;
    stream_->close();
    return false;
}

void Connection::take_message(std::string_view bytes) {
    spoke_ = true;
    auto parsed = Message::parse(bytes);
    if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
        ground_.metrics.malformed.add();
        ground_.log.debug("malformed SIP message", {{"from", info_.remote.str()}, {"why", refusal->why}});
        if (!refusal->response.empty()) stream_->write(refusal->response);
        return;
    }
    ground_.metrics.messages_in.add();
    ground_.user.on_message(id_, std::get<Message>(parsed));
}

void Connection::tend(net::TimePoint now, net::Duration keepalive) {
    if (closing_) return;
    const bool stalled = framer_.mid_message() && now - message_began_ > kMessageTime;
    const bool silent = !spoke_ && info_.side == Side::Access && now - last_traffic_ > kSilence;
    if (stalled || silent) {
        ground_.metrics.stalled_messages.add();
        closing_ = true;
        return stream_->close();
    }
    if (spoke_ && info_.side == Side::Access && keepalive.count() > 0 && now - last_traffic_ >= keepalive) {
        last_traffic_ = now;
        stream_->write(kPong);
    }
}

} // namespace wakeline::sip
