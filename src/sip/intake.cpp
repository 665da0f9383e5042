// SPDX-License-Identifier: Apache-2.0
#include "sip/intake.h"

#include "sip/received.h"

namespace wakeline::sip {

Intake::Read Intake::read(TransportKind kind, const net::SocketAddress& from, std::string_view bytes) {
    metrics.traffic(kind).received.add();
    auto parsed = Message::parse(bytes);
    if (auto* message = std::get_if<Message>(&parsed)) return {std::move(*message), {}};
    auto& refusal = std::get<Refusal>(parsed);
    metrics.malformed.add();
    if (log.enabled(Severity::Debug))
        log.debug("a SIP message cannot be read", {{"transport", std::string(via_name(kind))},
                                                   {"from", from.str()},
                                                   {"status", std::to_string(refusal.status)},
                                                   {"why", refusal.why}});
    if (!refusal.response.empty()) stamp_received(refusal.response, from);
    return {std::nullopt, std::move(refusal.response)};
}

void Intake::log_peer(std::string_view sentence, Log::Fields fields) {
    if (log.enabled(Severity::Info) && log_limit_.allow(loop.now())) log.info(sentence, fields);
}

} // namespace wakeline::sip
