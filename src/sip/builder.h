// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sip/message.h"
#include "sip/reason.h"

namespace wakeline::sip {

/// Writes one outgoing message as text. A name or value with CR, LF or NUL is never written: that header is
/// left out and `clean()` turns false (no header injection through a display name or a configured text).
class Builder {
public:
    static Builder request(std::string_view method, std::string_view uri);
    static Builder request(std::string_view method, const Uri& uri) { return request(method, uri.str()); }
    /// RFC 3261 8.2.6.2: Via, From, To, Call-ID and CSeq of the request; `to_tag` added unless To has one or
    /// it is empty.
    static Builder response(const Message& request, int status, std::string_view to_tag,
                            std::string_view reason = {});
    /// Only a status line: for a later answer, when the headers of the request were kept and not the request.
    static Builder response(int status, std::string_view reason = {});

    Builder& add(std::string_view name, std::string_view value);
    /// Replaces every header of that name by this one, at the place of the first.
    Builder& set(std::string_view name, std::string_view value);
    Builder& remove(std::string_view name);
    /// Before all others: Via.
    Builder& prepend(std::string_view name, std::string_view value);
    /// Of a response that was begun before its outcome was known.
    Builder& set_status(int status, std::string_view reason = {});
    /// All headers of that name from a received message, byte for byte.
    Builder& copy(const Message& from, std::string_view name);
    Builder& body(std::string_view content_type, std::string_view content);

    /// Once it is sent and only its headers may still be asked for: gives back the body and spare room.
    void shrink();

    std::string_view method() const noexcept { return method_; } // empty for a response
    std::string_view uri() const noexcept { return uri_; }       // of a request
    int status() const noexcept { return status_; }              // 0 for a request
    /// The value of the first; good until something is added.
    std::optional<std::string_view> find(std::string_view name) const;
    /// The same, empty when there is none.
    std::string first(std::string_view name) const { return std::string(find(name).value_or("")); }
    std::vector<std::string> values(std::string_view name) const;
    bool clean() const noexcept { return clean_; }

    /// The complete message, with Content-Length. There is room in it for a few words more.
    std::string str() const;

private:
    /// Where a header stands in `text_`: "Name: value CRLF".
    struct Line {
        std::size_t begin = 0, name = 0, size = 0; // of the name, and of all but the CRLF
    };
    Builder() = default;

    std::string_view name(const Line& line) const {
        return std::string_view(text_).substr(line.begin, line.name);
    }
    std::string_view value(const Line& line) const {
        return std::string_view(text_).substr(line.begin + line.name + 2, line.size - line.name - 2);
    }
    std::string_view whole(const Line& line) const {
        return std::string_view(text_).substr(line.begin, line.size + 2);
    }
    bool same(const Line& line, std::string_view other) const;
    Line write(std::string_view name, std::string_view value);

    std::string start_line_;
    std::string method_, uri_;
    int status_ = 0;
    std::string text_; // also of headers that were replaced or removed
    std::vector<Line> lines_;
    std::string body_;
    bool clean_ = true;
};

} // namespace wakeline::sip
