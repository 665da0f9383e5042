// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wakeline::sip {

/// An ordered list of `;name=value` parameters, of a URI or of a header. Names compare without case (RFC
/// 3261 7.3.1). Kept as the text it is on the wire: most lists are read once and hold one parameter.
class Params {
public:
    struct Param {
        std::string_view name;
        std::optional<std::string_view> value; // as on the wire: escaped, or with its quotes
    };

    /// From text that starts with ';' or is empty. Quoted strings may hold ';'.
    static Result<Params> parse(std::string_view text);
    /// The same into this one. Why it cannot be; empty when it could.
    std::string_view read(std::string_view text);

    bool has(std::string_view name) const { return find(name).has_value(); }
    /// The value, empty for a parameter without one; nothing when it is absent.
    std::optional<std::string_view> get(std::string_view name) const;
    void set(std::string_view name, std::optional<std::string_view> value);
    /// Removes every parameter with that name; `erase_prefix("pn-")` every one whose name starts so.
    void erase(std::string_view name);
    void erase_prefix(std::string_view prefix);

    bool empty() const noexcept { return text_.empty(); }
    /// Takes the first parameter off `rest`, which begins as str(); nothing at its end.
    static std::optional<Param> next(std::string_view& rest);
    const std::string& str() const noexcept { return text_; }
    bool operator==(const Params&) const = default;

private:
    std::optional<Param> find(std::string_view name) const;
    template <class Unwanted>
    void erase_if(Unwanted unwanted);

    std::string text_; // well formed, without spaces around the separators
};

} // namespace wakeline::sip
