// SPDX-License-Identifier: Apache-2.0
#include "config/reference.h"

#include "base/text.h"
#include "config/config_schema.h"

namespace wakeline::config {

namespace {

using Shape = Described::Shape;
constexpr std::size_t kWidth = 100;

Description whole() {
    Description all;
    describe<Config>({}, 0, all);
    return all;
}

/// "# text" lines at that indent, wrapped; further lines of it hang `hang` deeper.
void comment(std::string& out, std::size_t indent, std::string_view text, std::size_t hang = 0) {
    const std::string start = std::string(indent, ' ') + '#';
    std::string line = start;
    bool empty = true;
    for (const std::string_view word : split(text, ' ')) {
        if (!empty && line.size() + 1 + word.size() > kWidth) {
            (out += line) += '\n';
            line = start + std::string(hang, ' ');
        }
        (line += ' ') += word;
        empty = false;
    }
    (out += line) += '\n';
}

bool is_value(const Described& setting) {
    return setting.shape == Shape::Value || setting.shape == Shape::Values;
}

std::string explained(const Described& setting) {
    std::string text(setting.doc);
    if (is_value(setting) && setting.wanted != "text") text += " (" + setting.wanted + ")";
    if (!setting.meaning.empty()) text += " Default: " + std::string(setting.meaning) + ".";
    if (setting.must) text += " Must be given.";
    if (setting.change == Change::Live) text += " A reload applies it.";
    return text;
}

/// "register.user" of "trunks.*.register.user" in trunks.
std::string within(const Described& setting, const Described& list) {
    const std::string rest = setting.pattern.substr(list.pattern.size());
    return rest.substr(rest.find('.', rest.starts_with(".*") ? 1 : 0) + 1);
}

/// The settings of an entry in words, then a sample of the list or map.
void entries(std::string& out, const Description& all, std::size_t list) {
    const std::size_t indent = 2 * all[list].depth + 2;
    for (std::size_t i = list + 1; i < all.size() && all[i].depth > all[list].depth; ++i)
        comment(out, indent, "- " + within(all[i], all[list]) + ": " + explained(all[i]), 2);
    for (const std::string_view line : split(all[list].sample, '\n'))
        if (!line.empty()) ((out.append(indent, ' ') += '#') += line) += '\n';
}

std::string default_value(const Described& setting) {
    if (setting.shape == Shape::Values) return " [" + setting.standard + "]";
    if (setting.standard.empty()) return "";
    Node node = Node::block();
    node.add("k", Node::scalar(setting.standard));
    const std::string line = write_yaml(node); // "k: value\n", quoted where it must be
    return line.substr(2, line.size() - 3);
}

/// mdoc(7) reads a leading dot or quote as a request, and a backslash as an escape.
std::string mdoc_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else
            out += c;
    }
    if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
    return out;
}

/// Wrapped input lines; the page itself is filled by the formatter.
std::string mdoc_lines(std::string_view text) {
    constexpr std::size_t width = 78;
    std::string out, line;
    for (const std::string_view word : split(text, ' ')) {
        if (!line.empty() && line.size() + 1 + word.size() > width) {
            out += mdoc_text(line) + '\n';
            line.clear();
        }
        if (!line.empty()) line += ' ';
        line += word;
    }
    return out + mdoc_text(line) + '\n';
}

/// Every sentence begins a line, as mdoc(7) wants it.
std::string mdoc_sentences(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        auto end = text.find(". ", at);
        end = end == std::string_view::npos ? text.size() : end + 1;
        out += mdoc_lines(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

/// "trunks.*.uri" as an administrator reads it: trunks.NAME.uri.
std::string readable(std::string_view pattern) {
    std::string out;
    for (const char c : pattern) {
        if (c == '*')
            out += "NAME";
        else
            out += c;
    }
    return out;
}

void manual_entry(std::string& out, const Described& setting) {
    out += ".It Ic " + readable(setting.pattern) + '\n';
    out += mdoc_sentences(setting.doc);
    if (is_value(setting)) {
        out += mdoc_lines("Value: " + setting.wanted +
                          (setting.shape == Shape::Values ? "; a list of these." : "."));
        if (setting.must)
            out += "Must be given.\n";
        else if (!setting.meaning.empty())
            out += mdoc_lines("Default: " + std::string(setting.meaning) + ".");
        else if (setting.shape == Shape::Values && setting.standard.empty())
            out += "Default: an empty list.\n";
        else
            out += mdoc_lines("Default: " + setting.standard + ".");
        out += setting.change == Change::Live ? "Changed by a reload.\n" : "Changed by a restart.\n";
    }
}

} // namespace

std::string example_file() {
    std::string out =
        "# Configuration of wakeline(8). Every setting is explained in wakeline.yaml(5).\n"
        "#\n"
        "# Settings stand here at their defaults behind a #; remove that # in front of the ones "
        "to change.\n"
        "# Then: wakeline --check-config && systemctl restart wakeline. Where it says so, a "
        "reload is enough.\n";
    const Description all = whole();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Described& setting = all[i];
        if (setting.depth == 0) out += '\n';
        comment(out, 2 * setting.depth, explained(setting));
        out.append(2 * setting.depth, ' ');
        out += is_value(setting) ? '#' + setting.key + ':' + default_value(setting) : setting.key + ':';
        out += '\n';
        if (setting.sample.empty()) continue;
        entries(out, all, i);
        while (i + 1 < all.size() && all[i + 1].depth > setting.depth)
            ++i;
    }
    return out;
}

std::string manual_settings() {
    std::string out;
    bool open = false;
    for (const Described& setting : whole()) {
        const bool section = setting.depth == 0;
        if (section && !is_value(setting)) {
            if (open) out += ".El\n";
            out += ".Ss " + setting.key + '\n' + mdoc_sentences(setting.doc) + ".Bl -tag -width Ds\n";
            open = true;
            continue;
        }
        if (!open) {
            out += ".Ss This machine\n.Bl -tag -width Ds\n";
            open = true;
        }
        manual_entry(out, setting);
    }
    return out + ".El\n";
}

} // namespace wakeline::config
