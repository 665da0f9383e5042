// SPDX-License-Identifier: Apache-2.0
#include "call/leg.h"

namespace wakeline::call {

Leg::Leg(Context& context, Dialogs::Entry owner, sip::Dialog dialog, Party party)
    : context_(context), id_(owner.leg), dialog_(std::move(dialog)), party_(std::move(party)) {
    context_.dialogs.add(dialog_.id(), owner);
}

Leg::~Leg() { context_.dialogs.remove(dialog_.id()); }

bool Leg::may_come_on(sip::FlowId flow) const {
    if (flow == dialog_.flow() || party_.device == 0) return true;
    const auto user = context_.locator.find_flow(flow);
    const auto own = user ? context_.locator.find(party_.device) : std::nullopt;
    return !own || own->aor == user->aor;
}

bool Leg::reachable() const {
    if (context_.transport.info(dialog_.flow()) != nullptr) return true;
    return trunk() != nullptr;
}

trunk::Trunk* Leg::trunk() const {
    if (side() != sip::Side::Trunk) return nullptr;
    trunk::Trunk* named = context_.peers.find(party_.name);
    return named != nullptr ? named : context_.peers.route(dialog_.remote().uri.aor());
}

void Leg::send(Outgoing& outgoing, sip::Builder request) {
    const bool connected = context_.transport.info(dialog_.flow()) != nullptr;
    sip::NextHop* hop = connected ? nullptr : trunk();
    if (hop != nullptr)
        outgoing.send(*hop, std::move(request));
    else
        outgoing.send(dialog_.flow(), std::move(request));
}

void Leg::send_ack(std::uint32_t invite_cseq, std::string_view sdp) {
    sip::Builder ack = dialog_.ack(invite_cseq);
    if (!sdp.empty()) ack.body("application/sdp", sdp);
    context_.transactions.send_ack(dialog_.flow(), std::move(ack));
}

void Leg::send_bye(const std::vector<std::string>& reasons) {
    sip::Builder bye = dialog_.request("BYE");
    for (const auto& reason : reasons)
        bye.add("Reason", reason);
    if (!reachable()) {
        if (party_.device != 0) context_.late_byes.keep(party_.device, std::move(bye));
        return;
    }
    send(context_.strays.add(trunk()), std::move(bye));
}

} // namespace wakeline::call
