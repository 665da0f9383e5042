// SPDX-License-Identifier: Apache-2.0
#include "config/users_csv.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "base/text.h"
#include "config/document.h"
#include "config/users_file.h"

namespace wakeline::config {

namespace {

struct Column {
    std::string_view header, key; // in the table, and in the users file
};
constexpr std::array kColumns{Column{"userName", ""},          Column{"password", "password"},
                              Column{"ha1Md5", "ha1_md5"},     Column{"ha1Sha256", "ha1_sha256"},
                              Column{"number", "number"},      Column{"desk", "desk"},
                              Column{"cell", "cell"},          Column{"useCell", "use_cell"},
                              Column{"voicemail", "voicemail"}};

using Row = std::vector<std::string>;

Error at_line(std::size_t line, const std::string& what) {
    return {ErrorCode::InvalidInput, "line " + std::to_string(line) + ": " + what};
}

/// RFC 4180: a field in quotes may have commas, line ends, and quotes as two of them.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {
        if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3); // Excel's byte order mark
    }

    std::size_t line() const { return line_; }
    /// Nothing at the end, or an error for a quote that nobody closes.
    Result<std::optional<Row>> next() {
        if (rest_.empty()) return std::optional<Row>();
        line_ = next_line_;
        Row row;
        for (;;) {
            auto field = next_field();
            if (!field) return field.error();
            row.push_back(*std::move(field));
            if (rest_.empty()) return std::optional(std::move(row));
            const char after = rest_.front();
            rest_.remove_prefix(after == '\r' && rest_.size() > 1 && rest_[1] == '\n' ? 2 : 1);
            if (after == ',') continue;
            ++next_line_;
            return std::optional(std::move(row));
        }
    }

private:
    Result<std::string> next_field() {
        if (!rest_.starts_with('"')) {
            const std::size_t end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
            std::string field(trim(rest_.substr(0, end)));
            rest_.remove_prefix(end);
            return field;
        }
        rest_.remove_prefix(1);
        std::string field;
        for (;;) {
            const std::size_t quote = rest_.find('"');
            if (quote == std::string_view::npos) return at_line(line_, "a quote is opened and not closed");
            field += rest_.substr(0, quote);
            next_line_ += static_cast<std::size_t>(std::ranges::count(rest_.substr(0, quote), '\n'));
            rest_.remove_prefix(quote + 1);
            if (!rest_.starts_with('"')) break;
            field += '"';
            rest_.remove_prefix(1);
        }
        if (!rest_.empty() && rest_.find_first_of(",\r\n") != 0)
            return at_line(line_, "there is text behind a closing quote");
        return field;
    }

    std::string_view rest_;
    std::size_t line_ = 1, next_line_ = 1;
};

Result<std::vector<const Column*>> header_of(const Row& row) {
    std::vector<const Column*> columns;
    for (const std::string& name : row) {
        const auto column = std::ranges::find(kColumns, name, &Column::header);
        if (column == kColumns.end()) {
            std::string known;
            for (const Column& one : kColumns)
                (known += known.empty() ? "" : ", ") += one.header;
            return at_line(1, "\"" + name + "\" is no column; there are " + known);
        }
        columns.push_back(&*column);
    }
    if (std::ranges::find(columns, "", &Column::key) == columns.end())
        return at_line(1, "the column userName is missing");
    return columns;
}

/// In double quotes, as YAML takes any text.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else
            out += c;
    }
    return out + '"';
}

Result<std::string> entry(const std::vector<const Column*>& columns, const Row& row, std::size_t line,
                          std::set<std::string>& names) {
    if (row.size() > columns.size()) return at_line(line, "has more fields than the header has columns");
    std::string name, settings;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (columns[i]->key.empty()) {
            name = row[i];
        } else if (!row[i].empty()) {
            const bool word = columns[i]->key == "use_cell";
            ((settings += settings.empty() ? "" : ", ") += columns[i]->key) += ": ";
            settings += word ? lower(row[i]) : quoted(row[i]);
        }
    }
    if (name.empty()) return at_line(line, "has no userName");
    if (!names.insert(name).second) return at_line(line, "\"" + name + "\" was there already");
    std::string yaml = quoted(name) + ": {" + settings + "}\n";
    if (const auto problems = load_users(yaml).problems; !problems.empty()) {
        const Problem& first = problems.front();
        return at_line(line, (first.path.empty() ? "" : first.path + ": ") + first.message);
    }
    return yaml;
}

std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos && trim(text) == text) return text;
    std::string out = "\"";
    for (const char c : text)
        (out += c == '"' ? "\"" : "") += c;
    return out + '"';
}

} // namespace

Result<std::string> users_from_csv(std::string_view csv) {
    Reader reader(csv);
    const auto first = reader.next();
    if (!first) return first.error();
    if (!*first) return at_line(1, "the header is missing");
    const auto columns = header_of(**first);
    if (!columns) return columns.error();
    std::string out = "# Imported by wakelinectl users import.\n";
    std::set<std::string> names;
    for (;;) {
        const auto row = reader.next();
        if (!row) return row.error();
        if (!*row) return out;
        if ((*row)->size() == 1 && (*row)->front().empty()) continue; // an empty line
        auto yaml = entry(*columns, **row, reader.line(), names);
        if (!yaml) return yaml.error();
        out += *yaml;
    }
}

Result<std::string> users_to_csv(std::string_view yaml) {
    if (const auto loaded = load_users(yaml); !loaded.problems.empty()) {
        const Problem& first = loaded.problems.front();
        return at_line(static_cast<std::size_t>(first.line), first.path + ": " + first.message);
    }
    const auto document = read_yaml(yaml); // good, as load_users says
    const Node& root = std::get<Node>(document);
    std::string out;
    for (const Column& column : kColumns)
        (out += out.empty() ? "" : ",") += column.header;
    out += "\r\n";
    for (const Node& user : root.children) {
        out += csv_field(user.key);
        for (const Column& column : kColumns) {
            if (column.key.empty()) continue;
            const Node* value = user.find(std::string(column.key));
            (out += ',') += value == nullptr ? "" : csv_field(value->text);
        }
        out += "\r\n";
    }
    return out;
}

bool csv_would_lose(std::string_view yaml) {
    const auto document = read_yaml(yaml);
    const Node* root = std::get_if<Node>(&document);
    return root != nullptr &&
           std::ranges::any_of(root->children, [](const Node& user) { return user.find("ring") != nullptr; });
}

} // namespace wakeline::config
