// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wakeline::sip {

/// An ordered list of `;name=value` parameters, of a URI or of a header. Names compare without case (RFC
/// 3261 7.3.1).
class Params {
public:
    struct Param {
        std::string name;
        std::optional<std::string> value; // as on the wire: escaped, or with its quotes
        bool operator==(const Param&) const = default;
    };

    /// From text that starts with ';' or is empty. Quoted strings may hold ';'.
    static Result<Params> parse(std::string_view text);

    bool has(std::string_view name) const { return find(name) != nullptr; }
    /// The value, empty for a parameter without one; nothing when it is absent.
    std::optional<std::string_view> get(std::string_view name) const;
    void set(std::string_view name, std::optional<std::string> value);
    /// Removes every parameter with that name; `erase_prefix("pn-")` every one whose name starts so.
    void erase(std::string_view name);
    void erase_prefix(std::string_view prefix);

    bool empty() const noexcept { return list_.empty(); }
    const std::vector<Param>& list() const noexcept { return list_; }
    std::string str() const;
    bool operator==(const Params&) const = default;

private:
    const Param* find(std::string_view name) const;
    std::vector<Param> list_;
};

} // namespace wakeline::sip
