// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "registrar/binding.h"

namespace wakeline::registrar {

/// A binding in about half the memory: its dozen texts in one allocation. Most phones sleep most of the
/// time, so this is what most of the process is made of.
class PackedBinding {
public:
    enum class Text : std::uint8_t {
        Aor,
        Contact,
        Instance,
        CallId,
        Path,
        PushProvider,
        PushParam,
        PushPrid,
        UserAgent,
        Upstream,
        Transport,
        Received,
        Trunk,
    };
    static constexpr std::size_t kTexts = 13;

    explicit PackedBinding(const Binding& binding);

    Binding unpack() const;
    std::string_view text(Text which) const;

    BindingId id;
    net::WallTime expires, registered, push_expires, upstream_expires;
    net::WallTime due{}; // the next thing to do about it
    sip::FlowId flow;
    std::uint32_t cseq, reg_id, upstream_cseq;

private:
    using Length = std::uint16_t;
    static std::array<std::string_view, kTexts> texts(const Binding& binding);

    std::unique_ptr<char[]> memory_; // the lengths, then the texts
};

} // namespace wakeline::registrar
