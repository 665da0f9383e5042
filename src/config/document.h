// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/problem.h"

namespace wakeline::config {

/// A YAML document as plain data: everything above document.cpp is free of the YAML library.
struct Node {
    enum class Kind : std::uint8_t { Null, Scalar, List, Block };

    Kind kind = Kind::Null;
    int line = 0;
    std::string text;           // Scalar
    std::string key;            // when it stands in a block
    int key_line = 0;           //
    std::vector<Node> children; // List, Block

    static Node of(Kind kind);
    static Node scalar(std::string text);
    static Node list() { return of(Kind::List); }
    static Node block() { return of(Kind::Block); }
    /// Appends a child and returns it.
    Node& add(std::string child_key, Node child);

    const Node* find(std::string_view child_key) const;
    bool operator==(const Node& other) const; // content, not lines
};

/// The document, or what is wrong with the syntax. An empty text is an empty block. Aliases are expanded;
/// a document of more than a hundred thousand nodes is refused.
std::variant<Node, Problem> read_yaml(std::string_view text);

/// Block style, two spaces an indent; what read_yaml reads back.
std::string write_yaml(const Node& node);

/// The line of "access.listeners[1].port", or of the nearest thing around it that exists.
int line_of(const Node& root, std::string_view path);

} // namespace wakeline::config
