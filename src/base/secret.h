// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace wakeline {

/// A password, key or push token. It prints as *** wherever something tries to show it; `reveal` is the one
/// way to the text, so that a search for the word finds every use.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}

    const std::string& reveal() const noexcept { return text_; }
    bool empty() const noexcept { return text_.empty(); }
    bool operator==(const Secret&) const = default;

private:
    std::string text_;
};

inline std::string show(const Secret& secret) { return secret.empty() ? "" : "***"; }

} // namespace wakeline
