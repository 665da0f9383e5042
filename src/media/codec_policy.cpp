// SPDX-License-Identifier: Apache-2.0
#include "media/codec_policy.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace wakeline::media {

namespace {

constexpr std::size_t kMostShown = 300; // of a peer's codec names, in a log line

/// They accompany a codec, and make no call by themselves.
constexpr std::array<std::string_view, 9> kCompanions{
    "telephone-event", "tone", "CN", "red", "rtx", "ulpfec", "parityfec", "flexfec", "flexfec-03"};

/// Names of the kind video (RFC 3551 and the registrations after it); all others are taken for audio.
constexpr std::array<std::string_view, 14> kVideoCodecs{"H261",     "H263", "H263-1998", "H263-2000", "H264",
                                                        "H264-SVC", "H265", "H266",      "VP8",       "VP9",
                                                        "AV1",      "JPEG", "MPV",       "MP4V-ES"};

bool listed(const auto& names, std::string_view name) {
    return std::ranges::any_of(names, [name](std::string_view other) { return iequals(other, name); });
}

std::string_view bare(std::string_view codec) { return codec.substr(0, codec.find('/')); }

/// "PCMA" is any PCMA, "opus/48000" that one.
bool matches(std::string_view entry, std::string_view codec) {
    if (entry.find('/') == entry.npos) return iequals(entry, bare(codec));
    return iequals(entry, codec) ||
           (istarts_with(codec, entry) && codec.substr(entry.size()).starts_with('/'));
}

bool named(const std::vector<std::string>& entries, std::string_view codec) {
    return std::ranges::any_of(entries, [codec](const auto& entry) { return matches(entry, codec); });
}

bool concerns(const std::string& entry, MediaKind kind) {
    return listed(kVideoCodecs, bare(entry)) == (kind == MediaKind::Video);
}

bool permits(const CodecPolicy& policy, std::string_view codec, MediaKind kind) {
    if (named(policy.deny, codec)) return false;
    if (listed(kCompanions, bare(codec))) return true;
    const bool limited =
        std::ranges::any_of(policy.allow, [kind](const auto& entry) { return concerns(entry, kind); });
    return !limited || named(policy.allow, codec);
}

bool trivial(const CodecPolicy& policy) {
    return policy.allow.empty() && policy.deny.empty() && policy.video;
}

unsigned milliseconds(PacketTime time) {
    switch (time) {
    case PacketTime::Automatic: return 0;
    case PacketTime::Ms10: return 10;
    case PacketTime::Ms20: return 20;
    case PacketTime::Ms30: return 30;
    case PacketTime::Ms40: return 40;
    case PacketTime::Ms60: return 60;
    }
    return 0;
}

/// The format that an attribute's value begins with: "96 packetization-mode=1".
std::string_view format_of(std::string_view value) { return value.substr(0, value.find(' ')); }

/// The payload type that an RTX format repairs (RFC 4588 section 8.1); empty when it is none.
std::string repaired(const SdpSection& section, std::string_view format) {
    for (const auto value : section.attributes("fmtp")) {
        const auto apt = value.find("apt=");
        if (format_of(value) != format || apt == value.npos) continue;
        const auto rest = value.substr(apt + 4);
        return std::string(rest.substr(0, rest.find_first_not_of("0123456789")));
    }
    return {};
}

std::string names_of(const std::vector<PayloadFormat>& payloads) {
    std::string names;
    for (const PayloadFormat& payload : payloads) {
        if (names.size() > kMostShown) return names + " ...";
        names += (names.empty() ? "" : " ") +
                 (payload.codec.empty() ? "type " + std::to_string(payload.type) : payload.codec);
    }
    return names;
}

std::string terms_of(const CodecPolicy& policy) {
    const auto list = [](const std::vector<std::string>& names) {
        std::string text;
        for (const auto& name : names)
            text += (text.empty() ? "" : " ") + name;
        return text;
    };
    if (!policy.allow.empty()) return "allowed " + list(policy.allow);
    return policy.deny.empty() ? "" : "denied " + list(policy.deny);
}

} // namespace

bool CodecFilter::active() const {
    return !trivial(writer_) || !trivial(reader_) || reader_.ptime != PacketTime::Automatic;
}

bool CodecFilter::allows(const PayloadFormat& payload, MediaKind kind) const {
    return permits(writer_, payload.codec, kind) && permits(reader_, payload.codec, kind);
}

Status CodecFilter::restrict(SdpSection& section) const {
    auto described = StreamDescription::formats(section);
    if (!described || described->off()) return Done{}; // what is not RTP is refused elsewhere
    StreamDescription& stream = *described;
    std::vector<bool> kept;
    for (const PayloadFormat& payload : stream.payloads)
        kept.push_back(allows(payload, stream.kind));
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (iequals(bare(stream.payloads[i].codec), "rtx")) {
            const auto whom =
                std::ranges::find(stream.line.formats, repaired(section, stream.line.formats[i]));
            if (whom != stream.line.formats.end())
                kept[i] = kept[i] && kept[static_cast<std::size_t>(whom - stream.line.formats.begin())];
        }
    if (auto good = judge(stream, kept); !good) return good;

    std::vector<std::string> formats, dropped;
    for (std::size_t i = 0; i < kept.size(); ++i)
        (kept[i] ? formats : dropped).push_back(stream.line.formats[i]);
    stream.line.formats = std::move(formats);
    section.lines.front().value = stream.line.str();
    section.remove_attributes_if([&dropped](std::string_view name, std::string_view value) {
        constexpr std::array<std::string_view, 4> per_format{"rtpmap", "fmtp", "rtcp-fb", "imageattr"};
        return listed(per_format, name) && listed(dropped, format_of(value));
    });
    if (stream.kind == MediaKind::Audio) set_packet_time(section);
    return Done{};
}

Status CodecFilter::judge(const StreamDescription& stream, const std::vector<bool>& kept) const {
    if (stream.kind == MediaKind::Video && !(writer_.video && reader_.video))
        return Error{ErrorCode::Refused, "video is switched off"};
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (kept[i] && !listed(kCompanions, bare(stream.payloads[i].codec))) return Done{};
    std::string terms = terms_of(writer_);
    if (const std::string more = terms_of(reader_); more != terms)
        terms += (terms.empty() ? "" : ", ") + more;
    return Error{ErrorCode::Refused,
                 "no codec that may be used: offered " + names_of(stream.payloads) + "; " + terms};
}

/// A shorter a=maxptime is a limit of its writer, and holds.
void CodecFilter::set_packet_time(SdpSection& section) const {
    const unsigned wanted = milliseconds(reader_.ptime);
    if (wanted == 0) return;
    const auto limit = parse_unsigned<unsigned>(section.attribute("maxptime").value_or(""));
    section.remove_attribute("ptime");
    section.add_attribute("ptime:" +
                          std::to_string(limit && *limit != 0 ? std::min(wanted, *limit) : wanted));
}

void CodecFilter::order(SdpSection& section) const {
    if (reader_.prefer.empty()) return;
    auto stream = StreamDescription::formats(section);
    if (!stream) return;
    const auto rank = [&](const std::string& format) {
        const auto at = std::ranges::find(stream->line.formats, format);
        const auto& codec =
            stream->payloads[static_cast<std::size_t>(at - stream->line.formats.begin())].codec;
        const auto wanted = std::ranges::find_if(
            reader_.prefer, [&codec](const auto& entry) { return matches(entry, codec); });
        return wanted - reader_.prefer.begin();
    };
    SdpMediaLine line = stream->line;
    std::ranges::stable_sort(line.formats, {}, rank);
    section.lines.front().value = line.str();
}

std::string codecs_of(std::string_view sdp) {
    const auto parsed = Sdp::parse(sdp);
    if (!parsed) return {};
    std::string text;
    for (const SdpSection& section : parsed->media) {
        const auto stream = StreamDescription::formats(section);
        if (!stream || stream->off() || text.size() > kMostShown) continue;
        text +=
            (text.empty() ? "" : "; ") + std::string(name(stream->kind)) + ' ' + names_of(stream->payloads);
    }
    return text;
}

} // namespace wakeline::media
