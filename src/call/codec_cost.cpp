// SPDX-License-Identifier: Apache-2.0
#include "call/codec_cost.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"

namespace wakeline::call {

namespace {

constexpr std::uint64_t kHeaders = 48;    // octets of a packet
constexpr std::uint64_t kVideo = 384'000; // where the SDP sets no limit
constexpr std::uint64_t kMostVideo = 20'000'000;
constexpr unsigned kUsualPtime = 20, kMostPtime = 200; // ms

struct Codec {
    std::string_view name;
    std::uint64_t payload; // bit/s
};
constexpr std::array kCodecs{
    Codec{"PCMU", 64'000},    Codec{"PCMA", 64'000}, Codec{"G722", 64'000},   Codec{"G729", 8'000},
    Codec{"G723", 6'400},     Codec{"iLBC", 15'200}, Codec{"iSAC", 32'000},   Codec{"opus", 40'000},
    Codec{"GSM", 13'200},     Codec{"AMR", 12'200},  Codec{"AMR-WB", 23'850}, Codec{"speex", 24'600},
    Codec{"G726-32", 32'000}, Codec{"L16", 256'000},
};
constexpr std::uint64_t kUnknown = 64'000;

/// RFC 3551 table 4: payload types that need no rtpmap.
std::string_view static_name(unsigned type) {
    switch (type) {
    case 0: return "PCMU";
    case 3: return "GSM";
    case 4: return "G723";
    case 8: return "PCMA";
    case 9: return "G722";
    case 13: return "CN";
    case 18: return "G729";
    default: return {};
    }
}

/// 0 for what is no speech of its own.
std::uint64_t payload_of(std::string_view name) {
    if (iequals(name, "telephone-event") || iequals(name, "CN") || iequals(name, "red")) return 0;
    const auto known = std::ranges::find_if(kCodecs, [&](const Codec& c) { return iequals(c.name, name); });
    return known == kCodecs.end() ? kUnknown : known->payload;
}

/// One media line with what belongs to it.
struct Media {
    bool video = false, open = false;
    std::vector<unsigned> types;
    std::map<unsigned, std::string> names;
    unsigned ptime = kUsualPtime;
    std::optional<std::uint64_t> limit; // bit/s

    std::uint64_t cost(unsigned type) const {
        const auto name = names.find(type);
        const std::uint64_t payload = payload_of(name != names.end() ? name->second : static_name(type));
        return payload == 0 ? 0 : payload + kHeaders * 8 * 1'000 / ptime;
    }
};

Media media_line(std::string_view line) {
    Media media;
    const auto words = split(line, ' ');
    media.video = words[0] == "m=video";
    media.open = (media.video || words[0] == "m=audio") && words.size() > 3 && !words[1].starts_with('0');
    for (std::size_t i = 3; i < words.size(); ++i)
        if (const auto type = parse_unsigned<std::uint8_t>(words[i])) media.types.push_back(*type);
    return media;
}

void take_attribute(std::string_view line, Media& media) {
    const auto rest = [&](std::string_view start) { return line.substr(start.size()); };
    if (line.starts_with("a=rtpmap:")) {
        const auto words = split(rest("a=rtpmap:"), ' ');
        const auto type = parse_unsigned<std::uint8_t>(words[0]);
        if (type && words.size() > 1) media.names[*type] = words[1].substr(0, words[1].find('/'));
    } else if (line.starts_with("a=ptime:")) {
        const auto ptime = parse_unsigned<unsigned>(trim(rest("a=ptime:")));
        if (ptime && *ptime > 0 && *ptime <= kMostPtime) media.ptime = *ptime;
    } else if (line.starts_with("b=AS:")) {
        if (const auto kbit = parse_unsigned<std::uint32_t>(trim(rest("b=AS:"))))
            media.limit = *kbit * 1'000ULL;
    }
}

std::vector<Media> media_of(std::string_view sdp) {
    std::vector<Media> all;
    for (const std::string_view raw : split(sdp, '\n')) {
        const std::string_view line = trim(raw);
        if (line.starts_with("m="))
            all.push_back(media_line(line));
        else if (!all.empty())
            take_attribute(line, all.back());
    }
    return all;
}

std::uint64_t cost_of(std::string_view sdp, bool offer) {
    if (sdp.empty()) return kUsualCost;
    std::uint64_t sum = 0;
    for (const Media& media : media_of(sdp)) {
        if (!media.open) continue;
        if (media.video) {
            sum += std::min(media.limit.value_or(kVideo), kMostVideo);
            continue;
        }
        std::uint64_t most = 0;
        for (const unsigned type : media.types) {
            most = std::max(most, media.cost(type));
            if (!offer && most != 0) break;
        }
        sum += most;
    }
    return sum;
}

} // namespace

std::uint64_t cost_of_offer(std::string_view sdp) { return cost_of(sdp, true); }
std::uint64_t cost_of_answer(std::string_view sdp) { return cost_of(sdp, false); }

} // namespace wakeline::call
