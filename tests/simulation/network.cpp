// SPDX-License-Identifier: Apache-2.0
#include "simulation/network.h"

#include <utility>

#include "fakes/sip_text.h"

namespace wakeline::simulation {

namespace {

constexpr std::string_view kDaemon = "wakeline";

/// Of one side's addresses, names and push data the other side must not hear.
bool tells_too_much(sip::Side to, std::string_view text) {
    const auto has = [text](std::string_view what) { return text.find(what) != text.npos; };
    if (has("203.0.113.")) return true; // where media go
    return to == sip::Side::Access ? has("10.0.0.") : has("198.51.100.") || has("pn-p") || has("aabbcc");
}

} // namespace

sip::FlowId Network::add_pbx(Host& pbx, const net::SocketAddress& address) {
    sip::FlowInfo info;
    info.kind = sip::TransportKind::Udp;
    info.side = sip::Side::Trunk;
    info.listener = "pbx";
    info.local = *net::SocketAddress::parse("10.0.0.4:5080");
    info.remote = address;
    info.sent_by = info.local.str();
    flows_.emplace(++last_flow_, Flow{std::move(info), &pbx});
    return last_flow_;
}

sip::FlowId Network::connect(Host& phone, const std::string& address) {
    sip::FlowInfo info;
    info.kind = sip::TransportKind::Tls;
    info.side = sip::Side::Access;
    info.listener = "tls";
    info.local = *net::SocketAddress::parse("192.0.2.1:5061");
    info.remote = *net::SocketAddress::parse(address);
    info.sent_by = "sbc.example.com:5061";
    flows_.emplace(++last_flow_, Flow{std::move(info), &phone});
    return last_flow_;
}

void Network::close_from_outside(sip::FlowId id) {
    const auto at = flows_.find(id);
    if (at == flows_.end()) return;
    const net::TimePoint when = arrival(at->second, true);
    scene_.timers.schedule(when - scene_.timers.now(), [this, id] { cut(id); });
}

void Network::cut(sip::FlowId id) {
    const auto node = flows_.extract(id);
    if (node.empty()) return;
    if (node.mapped().under_way > 0) scene_.coverage.saw(Did::FlowCut);
    scene_.trace.note(node.mapped().host->name(), "its connection is cut");
    scene_.ledger.flow_gone(id);
    daemon_->on_flow_closed(id, "cut");
    node.mapped().host->on_closed(id);
}

void Network::kill_silently(sip::FlowId id, net::Duration noticed_after) {
    const auto at = flows_.find(id);
    if (at == flows_.end() || at->second.dead) return;
    at->second.dead = true;
    scene_.ledger.flow_gone(id);
    scene_.trace.note(at->second.host->name(), "its connection is dead, unseen");
    scene_.timers.schedule(noticed_after, [this, id] { cut(id); });
}

void Network::send_to_daemon(sip::FlowId flow, std::string text) { carry(flow, true, text); }

bool Network::send(sip::FlowId id, std::string message) {
    const auto at = flows_.find(id);
    if (at == flows_.end()) return false;
    if (tells_too_much(at->second.info.side, message))
        scene_.ledger.broken("a message to " + at->second.host->name() +
                             " tells of the other side: " + message.substr(0, message.find('\r')));
    if (message.starts_with("SIP/2.0 ")) scene_.ledger.response_left(id, message);
    if (message.starts_with("CANCEL ")) scene_.ledger.cancel_left(message);
    carry(id, false, message);
    return true;
}

void Network::carry(sip::FlowId id, bool inward, const std::string& text) {
    const auto at = flows_.find(id);
    if (at == flows_.end()) return;
    Flow& flow = at->second;
    const bool datagram = flow.info.kind == sip::TransportKind::Udp;
    const bool lost = flow.dead || (datagram && scene_.mishap(weather_.loss, Did::DatagramLost));
    const bool twice = !lost && datagram && scene_.mishap(weather_.repeat, Did::DatagramRepeated);
    const std::string_view outside = flow.host->name();
    scene_.trace.message(inward ? outside : kDaemon, inward ? kDaemon : outside, text,
                         lost    ? "(lost)"
                         : twice ? "(twice)"
                                 : "");
    for (int copies = lost ? 0 : twice ? 2 : 1; copies > 0; --copies) {
        const net::TimePoint when = arrival(flow, inward);
        ++flow.under_way;
        scene_.timers.schedule(when - scene_.timers.now(),
                               [this, id, inward, text] { arrive(id, inward, text); });
    }
}

/// A connection keeps the order.
net::TimePoint Network::arrival(Flow& flow, bool inward) {
    const bool datagram = flow.info.kind == sip::TransportKind::Udp;
    const std::uint32_t most = !scene_.rough ? 5
                               : datagram    ? weather_.udp_delay_ms
                                             : weather_.stream_delay_ms;
    net::TimePoint when = scene_.timers.now() + scene_.chance.between(1, most);
    net::TimePoint& last = inward ? flow.in : flow.out;
    if (datagram && when < last) scene_.coverage.saw(Did::DatagramOvertaken);
    if (!datagram) when = std::max(when, last);
    return last = std::max(when, last), when;
}

void Network::arrive(sip::FlowId id, bool inward, const std::string& text) {
    const auto at = flows_.find(id);
    if (at == flows_.end()) return;
    --at->second.under_way;
    if (at->second.dead) return;
    auto message = std::make_shared<const sip::Message>(test::parsed(text));
    if (!inward) return at->second.host->on_message(id, message);
    if (message->is_request())
        scene_.ledger.request_arrived(id, *message);
    else
        scene_.ledger.response_arrived(*message);
    daemon_->on_message(id, *message);
}

sip::FlowId Network::open(const sip::FlowTarget& target, sip::Side side) {
    for (const auto& [id, flow] : flows_)
        if (flow.info.side == side && flow.info.remote == target.remote && !flow.dead) return id;
    scene_.ledger.broken("the daemon opened a flow to " + target.remote.str());
    return 0;
}

void Network::close(sip::FlowId id) {
    const auto node = flows_.extract(id);
    if (node.empty()) return;
    scene_.ledger.flow_gone(id);
    Host* host = node.mapped().host;
    scene_.trace.note(kDaemon, "closes the connection of " + host->name());
    scene_.timers.schedule(scene_.chance.between(1, 20), [host, id] { host->on_closed(id); });
}

const sip::FlowInfo* Network::info(sip::FlowId id) const {
    const auto at = flows_.find(id);
    return at == flows_.end() ? nullptr : &at->second.info;
}

} // namespace wakeline::simulation
