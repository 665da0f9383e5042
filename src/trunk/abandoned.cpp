// SPDX-License-Identifier: Apache-2.0
#include "trunk/abandoned.h"

#include "base/text.h"
#include "sip/dialog.h"

namespace wakeline::trunk {

namespace {

constexpr std::string_view kElsewhere = R"(SIP;cause=408;text="No answer in time")";

std::uint32_t cseq_of(const sip::Builder& request) {
    const auto value = request.find("CSeq").value_or("");
    return parse_unsigned<std::uint32_t>(value.substr(0, value.find(' '))).value_or(0);
}

} // namespace

Abandoned::~Abandoned() {
    for (const auto& [tx, invite] : invites_)
        environment_.transactions.forget(tx);
    for (const sip::ClientTx tx : byes_)
        environment_.transactions.forget(tx);
}

void Abandoned::take(sip::ClientTx tx, sip::FlowId flow, sip::Builder invite) {
    invites_.emplace(tx, Invite{flow, std::move(invite)});
    environment_.transactions.cancel(tx, kElsewhere);
}

bool Abandoned::hear(sip::ClientTx tx, const sip::Message& response) {
    const auto found = invites_.find(tx);
    if (found == invites_.end()) return false;
    if (response.status() < 200) return true;
    if (response.status() < 300) {
        hang_up(found->second, response);
        environment_.transactions.forget(tx); // the BYE ends what a lost ACK would leave open
    }
    invites_.erase(found);
    return true;
}

void Abandoned::hang_up(const Invite& invite, const sip::Message& success) {
    const std::string contact(invite.request.find("Contact").value_or(""));
    sip::Dialog dialog = sip::Dialog::from_response(invite.request, success, invite.flow, contact);
    environment_.transactions.send_ack(invite.flow, dialog.ack(cseq_of(invite.request)));
    sip::Builder bye = dialog.request("BYE");
    bye.add("Reason", kElsewhere);
    byes_.insert(environment_.transactions.send(invite.flow, std::move(bye), *this));
}

} // namespace wakeline::trunk
