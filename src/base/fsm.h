// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>

namespace wakeline::fsm {

/// One line of a transition table. What is not in the table does not happen:
/// an unlisted (state, event) pair is ignored, never guessed at.
template <class State, class Event, class Action>
struct Row {
    State in;
    Event on;
    State to;
    Action run;
};

/// By value: g++ 12 with UBSan cannot compare addresses in a constant expression.
template <class Row, std::size_t N, class State, class Event>
constexpr std::optional<Row> find(const std::array<Row, N>& table, State in, Event on) {
    for (const Row& row : table)
        if (row.in == in && row.on == on) return row;
    return std::nullopt;
}

template <class Row, std::size_t N>
consteval bool deterministic(const std::array<Row, N>& table) {
    for (std::size_t i = 0; i < N; ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (table[i].in == table[j].in && table[i].on == table[j].on) return false;
    return true;
}

/// True when `end` can be reached from every row and has no way out itself:
/// nothing in the table can trap an object for ever.
template <class Row, std::size_t N, class State>
consteval bool always_ends(const std::array<Row, N>& table, State end) {
    std::array<bool, N> ends{}; // ends[i]: taking row i can lead to `end`
    for (std::size_t pass = 0; pass < N; ++pass)
        for (std::size_t i = 0; i < N; ++i)
            for (std::size_t j = 0; j < N; ++j)
                if (table[i].to == end || (table[i].to == table[j].in && ends[j])) ends[i] = true;
    for (std::size_t i = 0; i < N; ++i)
        if (!ends[i] || table[i].in == end) return false;
    return true;
}

} // namespace wakeline::fsm
