// SPDX-License-Identifier: Apache-2.0
#include "admin/media_advice.h"

#include <algorithm>
#include <chrono>

namespace wakeline::admin {

namespace {

constexpr std::chrono::seconds kShortest{3}; // before, a silent side proves nothing

enum class Heard : std::uint8_t { Yes, Nothing, NotAuthentic };

Heard heard(const media::DirectionStats& from) {
    if (from.packets > 0) return Heard::Yes;
    return from.auth_failed > 0 ? Heard::NotAuthentic : Heard::Nothing;
}

std::string not_authentic(const std::string& kind, const std::string& side,
                          const media::DirectionStats& from) {
    return "No " + kind + " of " + side + " could be used: all " + std::to_string(from.auth_failed) +
           " SRTP packets were encrypted with other keys than its SDP says. Something between changes the "
           "SDP, or "
           "the phone took up an old SRTP context: let it register and call again.";
}

std::string nothing_from_phone(const std::string& kind) {
    return "No " + kind +
           " came from the phone, so the other side heard nothing. Its network must let UDP out to "
           "this machine's media ports, and the firewall here must let them in: see wakelinectl firewall. If "
           "that is "
           "so, a router that rewrites SIP (SIP ALG) or media.public_address is what sends the phone "
           "elsewhere.";
}

std::string nothing_from_trunk(const std::string& kind, const std::string& trunk) {
    return "No " + kind + " came from the PBX" + (trunk.empty() ? "" : ' ' + trunk) +
           ", so the phone heard nothing. The PBX must be able to send UDP to media.trunk.address (or "
           "media.address), "
           "and a firewall between must let it: see wakelinectl firewall.";
}

std::string nothing_at_all(const std::string& kind) {
    return "No " + kind +
           " came from either side. UDP to this machine's media ports is closed, or "
           "media.public_address is not the address that phones and PBX reach: see wakelinectl firewall.";
}

void judge(const media::StreamStats& stream, const std::string& trunk, std::vector<std::string>& out) {
    const Heard phone = heard(stream.from_phone), pbx = heard(stream.from_trunk);
    if (phone == Heard::NotAuthentic)
        out.push_back(not_authentic(stream.kind, "the phone", stream.from_phone));
    if (pbx == Heard::NotAuthentic) out.push_back(not_authentic(stream.kind, "the PBX", stream.from_trunk));
    if (phone == Heard::Nothing && pbx == Heard::Nothing) return out.push_back(nothing_at_all(stream.kind));
    if (phone == Heard::Nothing) out.push_back(nothing_from_phone(stream.kind));
    if (pbx == Heard::Nothing) out.push_back(nothing_from_trunk(stream.kind, trunk));
}

} // namespace

std::vector<std::string> media_advice(const call::CallRecord& record) {
    std::vector<std::string> out;
    if (record.answered == net::WallTime{} || record.ended - record.answered < kShortest) return out;
    if (std::ranges::find(record.timeline, "hold", &call::TimelineEvent::what) != record.timeline.end())
        return out;
    for (const media::StreamStats& stream : record.media)
        if (stream.kind == "audio") judge(stream, record.trunk, out);
    return out;
}

} // namespace wakeline::admin
