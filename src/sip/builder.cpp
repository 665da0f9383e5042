// SPDX-License-Identifier: Apache-2.0
#include "sip/builder.h"

#include <algorithm>

#include "base/text.h"
#include "sip/grammar.h"
#include "sip/header_name.h"

namespace wakeline::sip {

namespace {

constexpr std::size_t kUsualText = 960, kUsualLines = 24; // of the headers of most messages
constexpr std::size_t kRoom = 192; // for Content-Length, and what a hop adds: Server, received, rport

/// False for what would end the line it is in.
bool one_line(std::string_view text) {
    return text.find('\r') == std::string_view::npos && text.find('\n') == std::string_view::npos &&
           text.find('\0') == std::string_view::npos;
}

} // namespace

bool Builder::same(const Line& line, std::string_view other) const { return same_header(name(line), other); }

Builder::Line Builder::write(std::string_view name, std::string_view value) {
    if (lines_.empty()) {
        text_.reserve(kUsualText);
        lines_.reserve(kUsualLines);
    }
    const Line line{text_.size(), name.size(), name.size() + 2 + value.size()};
    text_.append(name).append(": ").append(value).append("\r\n");
    return line;
}

Builder Builder::request(std::string_view method, std::string_view uri) {
    Builder request;
    request.method_ = method;
    request.clean_ = grammar::is_token(method) && grammar::is_uri_text(uri) && !uri.empty();
    if (!request.clean_) return request;
    request.uri_ = uri;
    request.start_line_.append(method).append(" ").append(uri).append(" SIP/2.0");
    return request;
}

Builder Builder::response(int status, std::string_view reason) {
    Builder response;
    response.set_status(status, reason);
    return response;
}

Builder Builder::response(const Message& request, int status, std::string_view to_tag,
                          std::string_view reason) {
    Builder response = Builder::response(status, reason);
    response.copy(request, "Via").copy(request, "From");
    std::string to(request.first("To"));
    if (!to_tag.empty() && request.to_tag().empty()) to.append(";tag=").append(to_tag);
    return response.add("To", to).add("Call-ID", request.call_id()).copy(request, "CSeq");
}

Builder& Builder::set_status(int status, std::string_view reason) {
    status_ = status;
    start_line_ = "SIP/2.0 " + std::to_string(status) + ' ';
    start_line_ += reason.empty() || !one_line(reason) ? default_reason(status) : reason;
    return *this;
}

Builder& Builder::add(std::string_view name, std::string_view value) {
    if (grammar::is_token(name) && one_line(value))
        lines_.push_back(write(name, value));
    else
        clean_ = false;
    return *this;
}

Builder& Builder::set(std::string_view name, std::string_view value) {
    const auto same_name = [&](const Line& line) { return same(line, name); };
    const auto first = std::ranges::find_if(lines_, same_name);
    if (first == lines_.end()) return add(name, value);
    if (!one_line(value)) {
        clean_ = false;
        return remove(name);
    }
    *first = write(name, value);
    lines_.erase(std::remove_if(first + 1, lines_.end(), same_name), lines_.end());
    return *this;
}

Builder& Builder::remove(std::string_view name) {
    std::erase_if(lines_, [&](const Line& line) { return same(line, name); });
    return *this;
}

Builder& Builder::prepend(std::string_view name, std::string_view value) {
    const auto before = lines_.size();
    add(name, value);
    if (lines_.size() > before) std::rotate(lines_.begin(), lines_.end() - 1, lines_.end());
    return *this;
}

Builder& Builder::copy(const Message& from, std::string_view name) {
    from.each_value(name, [&](std::string_view value) { add(name, value); });
    return *this;
}

Builder& Builder::body(std::string_view content_type, std::string_view content) {
    body_ = content;
    return content.empty() ? remove("Content-Type") : set("Content-Type", content_type);
}

void Builder::shrink() {
    text_.shrink_to_fit();
    lines_.shrink_to_fit();
    std::string().swap(body_);
}

std::optional<std::string_view> Builder::find(std::string_view name) const {
    const auto it = std::ranges::find_if(lines_, [&](const Line& line) { return same(line, name); });
    return it == lines_.end() ? std::nullopt : std::optional(value(*it));
}

std::vector<std::string> Builder::values(std::string_view name) const {
    std::vector<std::string> found;
    for (const Line& line : lines_)
        if (same(line, name)) found.emplace_back(value(line));
    return found;
}

std::string Builder::str() const {
    std::string out;
    out.reserve(start_line_.size() + text_.size() + body_.size() + kRoom);
    out.append(start_line_).append("\r\n");
    for (const Line& line : lines_)
        if (!same(line, "Content-Length")) out.append(whole(line)); // ours counts
    out.append("Content-Length: ").append(std::to_string(body_.size())).append("\r\n\r\n").append(body_);
    return out;
}

} // namespace wakeline::sip
