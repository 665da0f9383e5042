// SPDX-License-Identifier: Apache-2.0
#include "call/offer_answer.h"

#include <utility>

namespace wakeline::call {

namespace {

std::size_t index(media::MediaSide side) { return static_cast<std::size_t>(side); }

} // namespace

void OfferAnswer::open(const Ends& ends) {
    if (id_ != 0) return;
    ends_ = ends;
    id_ = sessions_.open({.call = call_,
                          .phone_signalling = ends.phone,
                          .trunk_signalling = ends.trunk,
                          .phone_signalling_secure = ends.phone_secure,
                          .trunk = ends.trunk_name,
                          .trunk_signalling_secure = ends.trunk_secure});
}

void OfferAnswer::close(media::MediaSessions::StatsCallback last) {
    if (id_ != 0) sessions_.close(std::exchange(id_, 0), std::move(last));
    offered_by_.reset();
    std::string().swap(open_offer_);
}

Result<std::string> OfferAnswer::offer(media::MediaSide from, std::string_view sdp) {
    if (id_ == 0 && !passes_) return Error{ErrorCode::NotFound, "no media session"};
    auto rewritten = passes_ ? Result<std::string>(std::string(sdp)) : sessions_.offer(id_, from, sdp);
    if (rewritten) {
        offered_by_ = from;
        open_offer_ = sdp;
    }
    return rewritten;
}

Result<std::string> OfferAnswer::answer(media::MediaSide from, std::string_view sdp) {
    if (id_ == 0 && !passes_) return Error{ErrorCode::NotFound, "no media session"};
    auto rewritten = passes_ ? Result<std::string>(std::string(sdp)) : sessions_.answer(id_, from, sdp);
    if (rewritten) {
        offered_by_.reset();
        settled_ = true;
        if (!open_offer_.empty()) agreed_[index(media::other(from))] = std::exchange(open_offer_, {});
        agreed_[index(from)] = sdp;
    }
    return rewritten;
}

void OfferAnswer::rollback() {
    if (!offered_by_) return;
    offered_by_.reset();
    open_offer_.clear();
    if (id_ != 0) sessions_.rollback(id_);
}

Result<std::string> OfferAnswer::repeat(media::MediaSide from) {
    if (offered_by_ || agreed_[index(from)].empty()) return Error{ErrorCode::NotFound, "nothing to repeat"};
    return offer(from, std::string(agreed_[index(from)]));
}

Result<std::string> OfferAnswer::repeat_answer(media::MediaSide from, std::string_view sdp) {
    const std::string last = agreed_[index(media::other(from))];
    if (offered_by_ || last.empty() || sdp != agreed_[index(from)])
        return Error{ErrorCode::NotFound, "not what was agreed"};
    if (auto offered = offer(from, sdp); !offered) return offered;
    auto answered = answer(media::other(from), last);
    if (!answered) rollback();
    return answered;
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
