// SPDX-License-Identifier: Apache-2.0
#include "call/offer_answer.h"

#include <utility>

namespace wakeline::call {

void OfferAnswer::open(const Ends& ends) {
    if (id_ != 0) return;
    ends_ = ends;
    id_ = sessions_.open({.call = call_,
                          .phone_signalling = ends.phone,
                          .trunk_signalling = ends.trunk,
                          .phone_signalling_secure = ends.phone_secure});
}

void OfferAnswer::close(media::MediaSessions::StatsCallback last) {
    if (id_ != 0) sessions_.close(std::exchange(id_, 0), std::move(last));
    offered_by_.reset();
}

Result<std::string> OfferAnswer::offer(media::MediaSide from, std::string_view sdp) {
    if (id_ == 0) return Error{ErrorCode::NotFound, "no media session"};
    auto rewritten = sessions_.offer(id_, from, sdp);
    if (rewritten) offered_by_ = from;
    return rewritten;
}

Result<std::string> OfferAnswer::answer(media::MediaSide from, std::string_view sdp) {
    if (id_ == 0) return Error{ErrorCode::NotFound, "no media session"};
    auto rewritten = sessions_.answer(id_, from, sdp);
    if (rewritten) {
        offered_by_.reset();
        settled_ = true;
    }
    return rewritten;
}

void OfferAnswer::rollback() {
    if (!offered_by_) return;
    offered_by_.reset();
    sessions_.rollback(id_);
}

void OfferAnswer::select() {
    if (id_ != 0) sessions_.select(id_);
}

void OfferAnswer::set_signalling(media::MediaSide side, const net::SocketAddress& address) {
    net::SocketAddress& known = side == media::MediaSide::Phone ? ends_.phone : ends_.trunk;
    if (id_ == 0 || known == address) return;
    known = address;
    sessions_.set_signalling(id_, side, address);
}

} // namespace wakeline::call
