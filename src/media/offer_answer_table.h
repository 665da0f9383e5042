// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "base/fsm.h"

namespace wakeline::media::offer_answer {

/// RFC 3264 sections 4 to 8, RFC 6337: one offer open at a time, in a session that has or has not agreed
/// before.
enum class State : std::uint8_t { Empty, FirstOffer, Agreed, ReOffer };
enum class Event : std::uint8_t { Offer, OfferAgain, Answer, Rollback };
enum class Action : std::uint8_t { Open, Agree, Drop };

using Row = fsm::Row<State, Event, Action>;

inline constexpr std::array kTable{
    Row{State::Empty, Event::Offer, State::FirstOffer, Action::Open},
    // The same side offers anew: an INVITE repeated with credentials after 401.
    Row{State::FirstOffer, Event::OfferAgain, State::FirstOffer, Action::Open},
    Row{State::FirstOffer, Event::Answer, State::Agreed, Action::Agree},
    Row{State::FirstOffer, Event::Rollback, State::Empty, Action::Drop},
    // 183, then 200; or another early dialog's answer to the same offer.
    Row{State::Agreed, Event::Answer, State::Agreed, Action::Agree},
    Row{State::Agreed, Event::Offer, State::ReOffer, Action::Open},
    Row{State::ReOffer, Event::OfferAgain, State::ReOffer, Action::Open},
    Row{State::ReOffer, Event::Answer, State::Agreed, Action::Agree},
    Row{State::ReOffer, Event::Rollback, State::Agreed, Action::Drop},
};
static_assert(fsm::deterministic(kTable));

} // namespace wakeline::media::offer_answer
