// SPDX-License-Identifier: Apache-2.0
#include "sip/builder.h"

#include <algorithm>

#include "base/text.h"
#include "sip/grammar.h"
#include "sip/header_name.h"

namespace wakeline::sip {

namespace {

/// What would end the line it is in.
bool one_line(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

} // namespace

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
    response.lines_.reserve(16); // more than most answers have
    response.set_status(status, reason);
    return response;
}

Builder Builder::response(const Message& request, int status, std::string_view to_tag,
                          std::string_view reason) {
    Builder response = Builder::response(status, reason);
    response.copy(request, "Via").copy(request, "From");
    std::string to = request.header("To").value_or("");
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
        lines_.push_back({std::string(name), std::string(value)});
    else
        clean_ = false;
    return *this;
}

Builder& Builder::set(std::string_view name, std::string_view value) {
    const auto same = [name](const Line& line) { return same_header(line.name, name); };
    const auto first = std::ranges::find_if(lines_, same);
    if (first == lines_.end()) return add(name, value);
    if (!one_line(value)) {
        clean_ = false;
        return remove(name);
    }
    *first = {std::string(name), std::string(value)};
    lines_.erase(std::remove_if(first + 1, lines_.end(), same), lines_.end());
    return *this;
}

Builder& Builder::remove(std::string_view name) {
    std::erase_if(lines_, [name](const Line& line) { return same_header(line.name, name); });
    return *this;
}

Builder& Builder::prepend(std::string_view name, std::string_view value) {
    const auto before = lines_.size();
    add(name, value);
    if (lines_.size() > before) std::rotate(lines_.begin(), lines_.end() - 1, lines_.end());
    return *this;
}

Builder& Builder::copy(const Message& from, std::string_view name) {
    for (const std::string& value : from.headers(name))
        add(name, value);
    return *this;
}

Builder& Builder::body(std::string_view content_type, std::string_view content) {
    body_ = content;
    return content.empty() ? remove("Content-Type") : set("Content-Type", content_type);
}

const std::string* Builder::find(std::string_view name) const {
    const auto it =
        std::ranges::find_if(lines_, [name](const Line& line) { return same_header(line.name, name); });
    return it == lines_.end() ? nullptr : &it->value;
}

std::vector<std::string> Builder::values(std::string_view name) const {
    std::vector<std::string> found;
    for (const Line& line : lines_)
        if (same_header(line.name, name)) found.push_back(line.value);
    return found;
}

std::string Builder::str() const {
    std::size_t size = start_line_.size() + body_.size() + 32;
    for (const Line& line : lines_)
        size += line.name.size() + line.value.size() + 4;
    std::string out;
    out.reserve(size);
    out.append(start_line_).append("\r\n");
    for (const Line& line : lines_) {
        if (same_header(line.name, "Content-Length")) continue; // ours counts
        out.append(line.name).append(": ").append(line.value).append("\r\n");
    }
    out.append("Content-Length: ").append(std::to_string(body_.size())).append("\r\n\r\n").append(body_);
    return out;
}

} // namespace wakeline::sip
