// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "media/sdp.h"

namespace wakeline::media {

/// Which m= lines of one side stand for which stream. Mostly one for each; but a medium may be there twice,
/// as RTP and as SRTP, of which one is used (SBC-SRTP-05). Lines keep their places for the life of the
/// session (RFC 3264 section 8).
class MediaLayout {
public:
    /// How many lines, and how many streams they are.
    std::size_t lines() const noexcept { return lines_; }
    std::size_t streams() const noexcept { return places_.size(); }

    /// An offer or answer of this side: lines that come new get their places, and of two alternatives only
    /// the one that is used remains. `usable` says whether a section can be taken at all; asked for
    /// alternatives only.
    using Usable = std::function<bool(const SdpSection&)>;
    void fold(Sdp& sdp, const Usable& usable, bool prefer_secure);
    /// The line that was used last for the stream is the alternative to a secure one.
    bool took_plain(std::size_t stream) const {
        return places_[stream].twice() && !places_[stream].secure_used;
    }
    bool is_twice(std::size_t stream) const { return stream < places_.size() && places_[stream].twice(); }

    /// A new stream, offered to this side once, or twice.
    enum class Form : std::uint8_t { Once, PlainFirst, SecureFirst };
    void add(Form form);
    /// Which of its alternatives an offer to this side goes on with.
    void use(std::size_t stream, bool secure) {
        if (places_[stream].twice()) places_[stream].secure_used = secure;
    }
    /// For this side: every stream's section where its line is. An alternative that is not used is refused;
    /// with `plain` sections both are on offer.
    void unfold(Sdp& sdp, const std::vector<SdpSection>& plain = {}) const;

private:
    struct Place {
        std::size_t secure = 0, plain = 0; // the same for a stream that is there once
        bool secure_used = true;
        std::string unused = {}; // the m= line of the other one, as this side wrote it
        bool twice() const noexcept { return secure != plain; }
        std::size_t used() const noexcept { return secure_used ? secure : plain; }
        std::size_t other() const noexcept { return secure_used ? plain : secure; }
    };

    void find_places(const Sdp& sdp);
    void choose(Place& place, const Sdp& sdp, const Usable& usable, bool prefer_secure) const;

    std::vector<Place> places_; // by stream
    std::size_t lines_ = 0;
    bool simple_ = true; // every stream is there once
};

} // namespace wakeline::media
