// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "media/config.h"
#include "media/stream_description.h"

namespace wakeline::media {

/// What both sides of a call may use. Nothing is transcoded: a codec that one side must not use is of no use
/// to the other.
class CodecFilter {
public:
    /// Both outlive it.
    CodecFilter(const CodecPolicy& writer, const CodecPolicy& reader) : writer_(writer), reader_(reader) {}

    /// False when nothing would change.
    bool active() const;
    bool allows(const PayloadFormat& payload, MediaKind kind) const;
    /// Removes the formats that are not allowed, with their attributes, and gives the reader his packet time.
    /// Payload numbers stay, and so do telephone events, comfort noise and the like, unless they are denied
    /// by name. Refused when no codec is left: the error names those offered and those allowed.
    Status restrict(SdpSection& section) const;
    /// Puts first what the reader prefers.
    void order(SdpSection& section) const;

private:
    Status judge(const StreamDescription& stream, const std::vector<bool>& kept) const;
    void set_packet_time(SdpSection& section) const;

    const CodecPolicy &writer_, &reader_;
};

/// "audio PCMA/8000 telephone-event/8000; video H264/90000": what an SDP names, for a log or a record. Empty
/// when it is no SDP.
std::string codecs_of(std::string_view sdp);

} // namespace wakeline::media
