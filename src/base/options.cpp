// SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <algorithm>

namespace wakeline {

namespace {

Error usage(std::string message) { return {ErrorCode::InvalidInput, std::move(message)}; }

bool value_is_optional(const Option& option) { return option.value.starts_with('['); }

std::string synopsis(const Option& option) {
    std::string text = "--" + std::string(option.name);
    if (value_is_optional(option))
        text += "[=" + std::string(option.value.substr(1));
    else if (!option.value.empty())
        text += " " + std::string(option.value);
    return text;
}

} // namespace

std::optional<std::string> CommandLine::value(std::string_view name) const {
    std::optional<std::string> last;
    for (const auto& [given, text] : options)
        if (given == name) last = text;
    return last;
}

Result<CommandLine> parse_options(std::span<const Option> table, std::span<const char* const> words) {
    CommandLine line;
    bool only_arguments = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (only_arguments || !word.starts_with('-') || word == "-") {
            line.arguments.emplace_back(word);
            continue;
        }
        if (word == "--") {
            only_arguments = true;
            continue;
        }
        const auto equals = word.find('=');
        const std::string_view name = word.substr(0, equals);
        const auto option = std::ranges::find_if(
            table, [name](const Option& o) { return name.starts_with("--") && name.substr(2) == o.name; });
        if (option == table.end()) return usage("there is no option " + std::string(name));
        std::string value;
        if (equals != std::string_view::npos) {
            if (option->value.empty()) return usage(std::string(name) + " takes no value");
            value = word.substr(equals + 1);
        } else if (!option->value.empty() && !value_is_optional(*option)) {
            if (i + 1 == words.size())
                return usage(std::string(name) + " needs a value: " + synopsis(*option));
            value = words[++i];
        }
        line.options.emplace_back(option->name, std::move(value));
    }
    return line;
}

std::string describe_options(std::span<const Option> table) {
    std::size_t width = 0;
    for (const Option& option : table)
        width = std::max(width, synopsis(option).size());
    std::string out;
    for (const Option& option : table) {
        std::string line = "  " + synopsis(option);
        line.resize(width + 4, ' ');
        ((out += line) += option.help) += '\n';
    }
    return out;
}

} // namespace wakeline
