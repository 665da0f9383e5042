// SPDX-License-Identifier: Apache-2.0
#include "sip/framing.h"

#include "sip/refusal.h"

namespace wakeline::sip {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kKeptCapacity = 512; // octets that an idle connection may keep allocated

} // namespace

bool is_keepalive(std::string_view datagram) noexcept {
    using namespace std::string_view_literals;
    return datagram.find_first_not_of("\r\n\0 "sv) == std::string_view::npos;
}

void StreamFramer::add(std::string_view data) {
    if (broken_) return;
    buffer_.erase(0, start_);
    start_ = 0;
    buffer_ += data;
}

std::optional<StreamFramer::Event> StreamFramer::next() {
    if (broken_) return std::nullopt;
    if (auto event = skip_line_ends()) return event;
    if (start_ < buffer_.size()) return cut();
    if (buffer_.capacity() > kKeptCapacity) std::string().swap(buffer_);
    start_ = buffer_.size();
    return std::nullopt;
}

/// RFC 3261 7.5: CRLFs before a start line are ignored; RFC 5626 4.4.1: two of them ask for an answer.
std::optional<StreamFramer::Event> StreamFramer::skip_line_ends() {
    while (pending().starts_with(kLineEnd)) {
        start_ += kLineEnd.size();
        half_ping_ = !half_ping_;
        if (!half_ping_) return Ping{};
    }
    const std::string_view rest = pending();
    if (rest.empty() || rest == "\r") return std::nullopt;
    half_ping_ = false;
    if (rest.front() == '\r' || rest.front() == '\n') return broken(400, "a bare CR or LF between messages");
    return std::nullopt;
}

std::optional<StreamFramer::Event> StreamFramer::cut() {
    const std::string_view bytes = pending();
    // Scans each octet once; a message whose body is still coming is not scanned again.
    if (scan_.header_size() == 0) {
        switch (scan_.scan(bytes)) {
        case HeaderScan::State::More: return std::nullopt;
        case HeaderScan::State::Refused: return broken(scan_.status(), scan_.why());
        case HeaderScan::State::Complete: break;
        }
    }
    if (!scan_.content_length()) return broken(400, "no Content-Length on a stream");
    const std::size_t size = scan_.header_size() + *scan_.content_length();
    if (bytes.size() < size) return std::nullopt;
    start_ += size;
    scan_ = HeaderScan(limits_);
    return Frame{bytes.substr(0, size)};
}

StreamFramer::Broken StreamFramer::broken(int status, std::string_view why) {
    broken_ = true;
    // Only complete lines: half a Call-ID would answer another request.
    const std::string_view bytes = pending();
    const auto end = bytes.rfind(kLineEnd);
    const std::string_view lines =
        end == std::string_view::npos ? std::string_view{} : bytes.substr(0, end + 2);
    Broken event{std::string(why), refuse(lines, status, std::string(why)).response};
    std::string().swap(buffer_);
    start_ = 0;
    return event;
}

} // namespace wakeline::sip
