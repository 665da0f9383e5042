// SPDX-License-Identifier: Apache-2.0
#include "config/document.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/text.h"

namespace wakeline::config {

namespace {

constexpr std::size_t kMaxNodes = 100'000, kMaxDepth = 32;

/// Copies the library's tree; throws what the library throws.
class Copy {
public:
    Node of(const YAML::Node& from) {
        // An alias inside its own anchor would have no end.
        if (depth_ > kMaxDepth) throw YAML::ParserException(from.Mark(), "this is nested too deeply");
        if (++count_ > kMaxNodes) throw YAML::ParserException(from.Mark(), "the document is too large");
        Node to;
        to.line = from.Mark().line + 1;
        switch (from.Type()) {
        case YAML::NodeType::Undefined:
        case YAML::NodeType::Null: break;
        case YAML::NodeType::Scalar:
            to.kind = Node::Kind::Scalar;
            to.text = from.Scalar();
            break;
        case YAML::NodeType::Sequence:
            to.kind = Node::Kind::List;
            ++depth_;
            for (const auto& item : from)
                to.children.push_back(of(item));
            --depth_;
            break;
        case YAML::NodeType::Map: copy_block(from, to); break;
        }
        return to;
    }

private:
    void copy_block(const YAML::Node& from, Node& to) {
        to.kind = Node::Kind::Block;
        ++depth_;
        for (const auto& entry : from) {
            if (!entry.first.IsScalar())
                throw YAML::ParserException(entry.first.Mark(), "the name of a setting must be plain text");
            Node child = of(entry.second);
            child.key = entry.first.Scalar();
            child.key_line = entry.first.Mark().line + 1;
            to.children.push_back(std::move(child));
        }
        --depth_;
    }

    std::size_t count_ = 0, depth_ = 0;
};

std::string_view line_at(std::string_view text, int number) {
    for (; number > 0 && text.find('\n') != std::string_view::npos; --number)
        text.remove_prefix(text.find('\n') + 1);
    return text.substr(0, text.find('\n'));
}

/// What the library says, in words that help: its own are about the grammar.
std::string explained(std::string_view text, const YAML::Exception& error) {
    const std::string_view line = line_at(text, error.mark.line);
    const std::string_view indent = line.substr(0, line.find_first_not_of(" \t"));
    if (indent.find('\t') != std::string_view::npos)
        return "YAML syntax: a tab stands before the setting; YAML wants spaces";
    if (error.msg == YAML::ErrorMsg::BAD_FILE) return "YAML syntax: this is nested too deeply";
    return "YAML syntax: " + error.msg;
}

/// Quoted where the plain form would be read as something else.
std::string written(const std::string& text) {
    constexpr std::string_view special = ":#{}[],&*!|>'\"%@`\\";
    const bool plain = !text.empty() && text != "~" && !iequals(text, "null") && text.front() != '-' &&
                       text.front() != '?' && text.front() != ' ' && text.back() != ' ' &&
                       text.find_first_of(special) == std::string::npos &&
                       std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
    if (plain) return text;
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out + '"';
}

void write(const Node& node, std::size_t indent, std::string& out);

/// After "key:" or "-": the value on the same line, or below.
void write_value(const Node& node, std::size_t indent, std::string& out) {
    switch (node.kind) {
    case Node::Kind::Null: out += '\n'; return;
    case Node::Kind::Scalar: out += ' ' + written(node.text) + '\n'; return;
    case Node::Kind::List:
    case Node::Kind::Block:
        if (node.children.empty()) {
            out += node.kind == Node::Kind::List ? " []\n" : " {}\n";
            return;
        }
        out += '\n';
        write(node, indent + 2, out);
    }
}

void write(const Node& node, std::size_t indent, std::string& out) {
    for (const Node& child : node.children) {
        out.append(indent, ' ');
        out += node.kind == Node::Kind::List ? "-" : written(child.key) + ':';
        const auto start = out.size();
        write_value(child, indent, out);
        // "- name: x": the first line of a block stands beside its dash.
        if (node.kind == Node::Kind::List && out[start] == '\n') out.replace(start, indent + 3, " ");
    }
}

} // namespace

Node Node::of(Kind kind) {
    Node node;
    node.kind = kind;
    return node;
}

Node Node::scalar(std::string text) {
    Node node = of(Kind::Scalar);
    node.text = std::move(text);
    return node;
}

Node& Node::add(std::string child_key, Node child) {
    child.key = std::move(child_key);
    return children.emplace_back(std::move(child));
}

const Node* Node::find(std::string_view child_key) const {
    if (kind != Kind::Block) return nullptr;
    const auto found = std::ranges::find(children, child_key, &Node::key);
    return found == children.end() ? nullptr : &*found;
}

bool Node::operator==(const Node& other) const {
    return kind == other.kind && text == other.text && key == other.key && children == other.children;
}

std::variant<Node, Problem> read_yaml(std::string_view text) {
    try {
        const auto documents = YAML::LoadAll(std::string(text));
        if (documents.size() > 1)
            return Problem{documents[1].Mark().line + 1, "", "is a second document in the same file"};
        Node root = documents.empty() ? Node{} : Copy().of(documents[0]);
        if (root.kind == Node::Kind::Null) root.kind = Node::Kind::Block;
        return root;
    } catch (const YAML::Exception& e) {
        return Problem{e.mark.line + 1, "", explained(text, e)};
    }
}

std::string write_yaml(const Node& node) {
    std::string out;
    if (node.kind == Node::Kind::Block || node.kind == Node::Kind::List)
        write(node, 0, out);
    else
        out = written(node.text) + '\n';
    return out;
}

int line_of(const Node& root, std::string_view path) {
    const Node* at = &root;
    int line = 0;
    while (!path.empty()) {
        const Node* next = nullptr;
        if (path.front() == '[') {
            const auto close = std::min(path.find(']'), path.size());
            const auto index = parse_unsigned<std::size_t>(path.substr(1, close - 1));
            if (index && at->kind == Node::Kind::List && *index < at->children.size())
                next = &at->children[*index];
            path.remove_prefix(std::min(close + 1, path.size()));
        } else {
            const auto end = std::min(path.find_first_of(".["), path.size());
            next = at->find(path.substr(0, end));
            path.remove_prefix(end);
        }
        if (!path.empty() && path.front() == '.') path.remove_prefix(1);
        if (next == nullptr) return line;
        at = next;
        line = at->key_line > 0 ? at->key_line : at->line;
    }
    return line;
}

} // namespace wakeline::config
