// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace wakeline {

enum class ErrorCode { InvalidInput, NotFound, Refused, Timeout, Io, Crypto, Exhausted };

struct Error {
    ErrorCode code;
    std::string message; // for a log line or an operator, never for the wire
};

/// A value or the reason there is none. The member names are those of
/// std::expected, which C++20 does not have, so the switch later is mechanical.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::move(value)) {}
    Result(Error error) : state_(std::move(error)) {}

    bool has_value() const noexcept { return std::holds_alternative<T>(state_); }
    explicit operator bool() const noexcept { return has_value(); }

    T& operator*() & { return value_of(state_); }
    const T& operator*() const& { return value_of(state_); }
    T&& operator*() && { return std::move(value_of(state_)); }
    T* operator->() { return &value_of(state_); }
    const T* operator->() const { return &value_of(state_); }

    const Error& error() const {
        assert(!has_value());
        return *std::get_if<Error>(&state_);
    }

private:
    static auto& value_of(auto& state) {
        auto* value = std::get_if<T>(&state);
        assert(value != nullptr);
        return *value;
    }

    std::variant<T, Error> state_;
};

/// Nothing to return but success.
struct Done {};
using Status = Result<Done>;

} // namespace wakeline
