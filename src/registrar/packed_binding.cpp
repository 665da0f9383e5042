// SPDX-License-Identifier: Apache-2.0
#include "registrar/packed_binding.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

namespace wakeline::registrar {

std::array<std::string_view, PackedBinding::kTexts> PackedBinding::texts(const Binding& binding) {
    return {binding.aor,           binding.contact,          binding.instance_id, binding.call_id,
            binding.path,          binding.push.provider,    binding.push.param,  binding.push.prid.reveal(),
            binding.user_agent,    binding.upstream_contact, binding.transport,   binding.received,
            binding.upstream_trunk};
}

PackedBinding::PackedBinding(const Binding& binding)
    : id(binding.id), expires(binding.expires), registered(binding.registered),
      push_expires(binding.push_expires), upstream_expires(binding.upstream_expires), flow(binding.flow),
      cseq(binding.cseq), reg_id(binding.reg_id), upstream_cseq(binding.upstream_cseq) {
    const auto parts = texts(binding);
    std::array<Length, kTexts> lengths{};
    std::size_t size = sizeof lengths;
    for (std::size_t i = 0; i < kTexts; ++i) {
        // A REGISTER's limits are far below; a file that was edited by hand is merely cut.
        lengths[i] =
            static_cast<Length>(std::min<std::size_t>(parts[i].size(), std::numeric_limits<Length>::max()));
        size += lengths[i];
    }
    memory_ = std::make_unique_for_overwrite<char[]>(size);
    char* at = memory_.get();
    std::memcpy(at, lengths.data(), sizeof lengths);
    at += sizeof lengths;
    for (std::size_t i = 0; i < kTexts; ++i)
        at = std::copy_n(parts[i].data(), lengths[i], at);
}

std::string_view PackedBinding::text(Text which) const {
    std::array<Length, kTexts> lengths;
    std::memcpy(lengths.data(), memory_.get(), sizeof lengths);
    const auto index = static_cast<std::size_t>(which);
    std::size_t offset = sizeof lengths;
    for (std::size_t i = 0; i < index; ++i)
        offset += lengths[i];
    return {memory_.get() + offset, lengths[index]};
}

Binding PackedBinding::unpack() const {
    const auto string = [this](Text which) { return std::string(text(which)); };
    Binding binding;
    binding.id = id;
    binding.aor = string(Text::Aor);
    binding.contact = string(Text::Contact);
    binding.instance_id = string(Text::Instance);
    binding.reg_id = reg_id;
    binding.call_id = string(Text::CallId);
    binding.cseq = cseq;
    binding.path = string(Text::Path);
    binding.push = {string(Text::PushProvider), string(Text::PushParam), Secret(string(Text::PushPrid))};
    binding.user_agent = string(Text::UserAgent);
    binding.transport = string(Text::Transport);
    binding.received = string(Text::Received);
    binding.upstream_contact = string(Text::Upstream);
    binding.upstream_cseq = upstream_cseq;
    binding.upstream_expires = upstream_expires;
    binding.upstream_trunk = string(Text::Trunk);
    binding.expires = expires;
    binding.registered = registered;
    binding.push_expires = push_expires;
    binding.flow = flow;
    return binding;
}

} // namespace wakeline::registrar
