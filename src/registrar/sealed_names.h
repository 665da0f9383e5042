// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "registrar/binding.h"

namespace wakeline::registrar {

/// Names of bindings that tell strangers nothing: the id, encrypted under a key of ours. They need no memory,
/// cannot be guessed, and hold over restarts. `stamp` ties a name to what it was made for: the name is void
/// once the binding's own stamp is another.
class SealedNames {
public:
    enum class Kind : std::uint8_t {
        TemporaryGruu = 1, // RFC 5627: a new one each time, no two can be linked
        Purr = 2,          // RFC 8599: the same as long as the stamp is
    };
    struct Opened {
        BindingId id = 0;
        std::uint32_t stamp = 0;
    };

    /// `key`: 32 hexadecimal digits.
    explicit SealedNames(const Secret& key);

    /// 32 hexadecimal digits.
    std::string seal(Kind kind, BindingId id, std::uint32_t stamp) const;
    /// Nothing when it is none of ours, or of the other kind.
    std::optional<Opened> open(Kind kind, std::string_view name) const;

private:
    Secret key_; // octets
};

/// A short hash that is the same after a restart.
std::uint32_t stamp_of(std::string_view text);

} // namespace wakeline::registrar
