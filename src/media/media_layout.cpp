// SPDX-License-Identifier: Apache-2.0
#include "media/media_layout.h"

#include <algorithm>

#include "base/text.h"
#include "media/sdp_rewrite.h"

namespace wakeline::media {

namespace {

struct Line {
    std::string kind;
    bool on = false, rtp = false, secure = false;
};

Line line_of(const SdpSection& section) {
    const auto line = SdpMediaLine::parse(section.lines.front().value);
    const auto profile = line ? RtpProfile::parse(line->proto) : std::nullopt;
    if (!line) return {};
    return {line->kind, line->port != 0, profile.has_value(), profile && profile->secure};
}

bool alternatives(const Line& one, const Line& other) {
    return one.on && other.on && one.rtp && other.rtp && one.secure != other.secure &&
           iequals(one.kind, other.kind);
}

} // namespace

void MediaLayout::fold(Sdp& sdp, const Usable& usable, bool prefer_secure) {
    if (sdp.media.size() > lines_) find_places(sdp);
    if (simple_) return;
    std::vector<SdpSection> folded;
    folded.reserve(places_.size());
    for (Place& place : places_) {
        if (place.twice()) choose(place, sdp, usable, prefer_secure);
        folded.push_back(sdp.media[place.used()]);
    }
    sdp.media = std::move(folded);
}

void MediaLayout::find_places(const Sdp& sdp) {
    const std::size_t first = lines_;
    lines_ = sdp.media.size();
    if (lines_ - first == 1) {
        places_.push_back({first, first});
        return;
    }
    std::vector<Line> lines;
    for (std::size_t i = first; i < lines_; ++i)
        lines.push_back(line_of(sdp.media[i]));
    std::vector<bool> taken(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (taken[i]) continue;
        std::size_t twin = i + 1;
        while (twin < lines.size() && (taken[twin] || !alternatives(lines[i], lines[twin])))
            ++twin;
        Place place{first + i, first + i};
        if (twin < lines.size()) {
            taken[twin] = true;
            simple_ = false;
            (lines[i].secure ? place.plain : place.secure) = first + twin;
        }
        places_.push_back(place);
    }
}

void MediaLayout::choose(Place& place, const Sdp& sdp, const Usable& usable, bool prefer_secure) const {
    const auto good = [&](std::size_t line) {
        return line_of(sdp.media[line]).on && usable(sdp.media[line]);
    };
    const bool secure = good(place.secure), plain = good(place.plain);
    // What nobody wants stays with the line that was used before.
    if (secure || plain) place.secure_used = secure && plain ? prefer_secure : secure;
    place.unused = sdp.media[place.other()].lines.front().value;
}

void MediaLayout::add(Form form) {
    const std::size_t first = lines_;
    lines_ += form == Form::Once ? 1 : 2;
    if (form == Form::Once) {
        places_.push_back({first, first});
        return;
    }
    simple_ = false;
    Place place{first, first};
    (form == Form::SecureFirst ? place.plain : place.secure) = first + 1;
    places_.push_back(place);
}

void MediaLayout::unfold(Sdp& sdp, const std::vector<SdpSection>& plain) const {
    if (simple_) return;
    std::vector<SdpSection> lines(lines_);
    for (std::size_t i = 0; i < places_.size() && i < sdp.media.size(); ++i) {
        const Place& place = places_[i];
        if (place.twice()) {
            SdpSection other = sdp.media[i];
            if (i < plain.size() && !plain[i].lines.empty())
                other = plain[i];
            else if (!place.unused.empty())
                refuse_section(other = {.lines = {{'m', place.unused}}});
            else
                refuse_section(other, place.secure_used ? "RTP/AVP" : "RTP/SAVP");
            lines[place.other()] = std::move(other);
        }
        lines[place.used()] = std::move(sdp.media[i]);
    }
    sdp.media = std::move(lines);
}

} // namespace wakeline::media
