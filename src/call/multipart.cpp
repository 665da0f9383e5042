// SPDX-License-Identifier: Apache-2.0
#include "call/multipart.h"

#include <algorithm>

#include "base/text.h"

namespace wakeline::call {

namespace {

constexpr std::size_t kMostParts = 32;
constexpr std::size_t kLongestBoundary = 70; // RFC 2046 section 5.1.1

/// "multipart/mixed;boundary=abc"; the value may be quoted.
std::optional<std::string_view> boundary_of(std::string_view content_type) {
    if (!istarts_with(content_type, "multipart/")) return std::nullopt;
    for (auto parameter : split(content_type, ';')) {
        parameter = trim(parameter);
        if (!istarts_with(parameter, "boundary=")) continue;
        auto value = trim(parameter.substr(9));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        if (value.empty() || value.size() > kLongestBoundary) return std::nullopt;
        return value;
    }
    return std::nullopt;
}

/// Where the next delimiter line begins (with its line break, but at the very start), from `at` on.
std::size_t find_delimiter(std::string_view body, std::string_view delimiter, std::size_t at) {
    for (; (at = body.find(delimiter, at)) != body.npos; ++at)
        if (at == 0 || body[at - 1] == '\n') return at;
    return body.npos;
}

/// One past the line that begins at `at`.
std::size_t next_line(std::string_view body, std::size_t at) {
    const std::size_t end = body.find('\n', at);
    return end == body.npos ? body.size() : end + 1;
}

bool is_of_type(std::string_view headers, std::string_view wanted) {
    for (const auto line : split(headers, '\n')) {
        const std::size_t colon = line.find(':');
        if (colon == line.npos) continue;
        const auto name = trim(line.substr(0, colon));
        if (!iequals(name, "Content-Type") && !iequals(name, "c")) continue;
        const auto value = line.substr(colon + 1);
        return iequals(trim(value.substr(0, value.find(';'))), wanted);
    }
    return false;
}

} // namespace

std::optional<BodyPart> BodyPart::find(std::string_view content_type, std::string_view body,
                                       std::string_view wanted) {
    const auto boundary = boundary_of(content_type);
    if (!boundary) return std::nullopt;
    const std::string delimiter = "--" + std::string(*boundary);
    std::size_t at = find_delimiter(body, delimiter, 0);
    for (std::size_t parts = 0; at != body.npos && parts < kMostParts; ++parts) {
        if (body.substr(at + delimiter.size()).starts_with("--")) return std::nullopt; // the last one
        const std::size_t start = next_line(body, at);
        std::size_t content = start;
        while (content < body.size() &&
               !trim(body.substr(content, next_line(body, content) - content)).empty())
            content = next_line(body, content);
        const std::size_t after = find_delimiter(body, delimiter, start);
        if (after == body.npos || content >= after) return std::nullopt;
        const std::string_view headers = body.substr(start, content - start);
        content = next_line(body, content);
        std::size_t end = after - 1; // the line break before a delimiter belongs to it
        if (end > content && body[end - 1] == '\r') --end;
        if (is_of_type(headers, wanted)) return BodyPart{content, std::max(content, end)};
        at = after;
    }
    return std::nullopt;
}

std::string_view sdp_of(const sip::Message& message) {
    const std::string type = message.content_type();
    if (type == "application/sdp") return message.body();
    if (!type.starts_with("multipart/")) return {};
    const auto part =
        BodyPart::find(message.header("Content-Type").value_or(""), message.body(), "application/sdp");
    return part ? std::string_view(message.body()).substr(part->begin, part->end - part->begin)
                : std::string_view();
}

} // namespace wakeline::call
