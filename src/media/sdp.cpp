// SPDX-License-Identifier: Apache-2.0
#include "media/sdp.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace wakeline::media {

namespace {

Error invalid(std::string message) { return {ErrorCode::InvalidInput, std::move(message)}; }

/// The words of a line, without a list of them: takes the first off the front. Empty: there is no more.
std::string_view next_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    return word;
}

template <std::size_t N>
std::array<std::string_view, N> first_words(std::string_view& text) {
    std::array<std::string_view, N> words;
    for (std::string_view& word : words)
        word = next_word(text);
    return words;
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "name" or "name:value", split at the colon.
std::pair<std::string_view, std::string_view> split_attribute(std::string_view value) {
    const auto colon = value.find(':');
    if (colon == std::string_view::npos) return {trim(value), {}};
    return {value.substr(0, colon), value.substr(colon + 1)};
}

/// The value of that attribute, if the line is one; asked of every line for every name.
std::optional<std::string_view> value_of(const SdpLine& line, std::string_view name) {
    if (line.type != 'a' || line.value.empty()) return std::nullopt;
    if (lower(line.value.front()) != lower(name.front()) && line.value.front() != ' ') return std::nullopt;
    const auto [its_name, value] = split_attribute(line.value);
    return iequals(its_name, name) ? std::optional(value) : std::nullopt;
}

/// RFC 8866 section 5: the order of lines in a session description and in a media description.
constexpr std::string_view kSessionOrder = "vosiuepcbtrzka";
constexpr std::string_view kMediaOrder = "micbka";

constexpr auto kControl = [] {
    std::array<bool, 256> control{};
    for (std::size_t c = 0; c < 0x20; ++c)
        control[c] = c != '\t';
    control[0x7f] = true;
    return control;
}();

bool has_control(std::string_view line) {
    bool control = false;
    for (const char c : line)
        control |= kControl[static_cast<unsigned char>(c)];
    return control;
}

Result<SdpLine> parse_line(std::string_view line) {
    if (line.size() > Sdp::kMaxLineBytes) return invalid("SDP line longer than 4 KiB");
    if (line.size() < 2 || line[1] != '=' || line[0] < 'a' || line[0] > 'z')
        return invalid("SDP line that is not <letter>=<value>");
    if (has_control(line)) return invalid("control character in SDP");
    return SdpLine{line[0], std::string(line.substr(2))};
}

/// Without the empty lines at the very end: some phones' habit and no harm.
std::string_view without_empty_end(std::string_view text) {
    const auto last = text.find_last_not_of("\r\n");
    return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// Takes the first line off, without its end.
std::string_view next_line(std::string_view& text) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

Status check_session(const Sdp& sdp) {
    if (sdp.session.lines.empty() || sdp.session.lines.front() != SdpLine{'v', "0"})
        return invalid("SDP does not begin with v=0");
    const std::string* origin = sdp.session.find('o');
    if (origin == nullptr) return invalid("SDP without o=");
    if (auto parsed = SdpOrigin::parse(*origin); !parsed) return parsed.error();
    if (sdp.session.find('t') == nullptr) return invalid("SDP without t=");
    return Done{};
}

Status check_media(const Sdp& sdp) {
    for (const SdpSection& section : sdp.media) {
        const auto line = SdpMediaLine::parse(section.lines.front().value);
        if (!line) return line.error();
        const bool connected = section.find('c') != nullptr || sdp.session.find('c') != nullptr;
        if (line->port != 0 && !connected) return invalid("m=" + line->kind + " without c=");
    }
    return Done{};
}

} // namespace

Result<SdpMediaLine> SdpMediaLine::parse(std::string_view value) {
    const auto parts = first_words<4>(value);
    if (parts.back().empty()) return invalid("m= line with fewer than four fields");
    SdpMediaLine line{
        .kind = std::string(parts[0]), .port = 0, .count = 1, .proto = std::string(parts[2]), .formats = {}};
    const auto slash = parts[1].find('/');
    const auto port = parse_unsigned<std::uint16_t>(parts[1].substr(0, slash));
    if (!port) return invalid("m=" + line.kind + " with a port that is not 0..65535");
    line.port = *port;
    if (slash != std::string_view::npos) {
        const auto count = parse_unsigned<std::uint16_t>(parts[1].substr(slash + 1));
        if (!count || *count == 0) return invalid("m=" + line.kind + " with a bad number of ports");
        line.count = *count;
    }
    line.formats.reserve(8);
    for (std::string_view format = parts[3]; !format.empty(); format = next_word(value)) {
        if (line.formats.size() == 128) return invalid("m=" + line.kind + " with more than 128 formats");
        line.formats.emplace_back(format);
    }
    return line;
}

std::string SdpMediaLine::str() const {
    std::string text = kind + " " + std::to_string(port);
    if (count > 1) text += "/" + std::to_string(count);
    text += " " + proto;
    for (const auto& format : formats)
        text += " " + format;
    return text;
}

Result<SdpOrigin> SdpOrigin::parse(std::string_view value) {
    const auto parts = first_words<6>(value);
    if (parts.back().empty() || !next_word(value).empty() || parts[3] != "IN" || !all_digits(parts[1]) ||
        !all_digits(parts[2]))
        return invalid("o= that is not <user> <id> <version> IN <family> <address>");
    return SdpOrigin{std::string(parts[0]), std::string(parts[1]), std::string(parts[2]),
                     std::string(parts[4]), std::string(parts[5])};
}

const std::string* SdpSection::find(char type) const {
    const auto at = std::ranges::find(lines, type, &SdpLine::type);
    return at == lines.end() ? nullptr : &at->value;
}

void SdpSection::set(char type, std::string value) {
    const auto at = std::ranges::find(lines, type, &SdpLine::type);
    if (at != lines.end()) {
        at->value = std::move(value);
        return;
    }
    const bool media = !lines.empty() && lines.front().type == 'm';
    const auto order = media ? kMediaOrder : kSessionOrder;
    const auto rank = order.find(type);
    const auto after = std::ranges::find_if(lines, [&](const SdpLine& line) {
        const auto other = order.find(line.type);
        return other != std::string_view::npos && other > rank;
    });
    lines.insert(after, {type, std::move(value)});
}

void SdpSection::remove(char type) {
    std::erase_if(lines, [type](const SdpLine& line) { return line.type == type; });
}

std::optional<std::string_view> SdpSection::attribute(std::string_view name) const {
    for (const SdpLine& line : lines)
        if (const auto value = value_of(line, name)) return value;
    return std::nullopt;
}

std::vector<std::string_view> SdpSection::attributes(std::string_view name) const {
    std::vector<std::string_view> found;
    for (const SdpLine& line : lines)
        if (const auto value = value_of(line, name)) found.push_back(*value);
    return found;
}

void SdpSection::remove_attribute(std::string_view name) {
    remove_attributes_if([name](std::string_view other, std::string_view) { return iequals(name, other); });
}

void SdpSection::remove_attributes_if(
    const std::function<bool(std::string_view name, std::string_view value)>& unwanted) {
    std::erase_if(lines, [&](const SdpLine& line) {
        if (line.type != 'a') return false;
        const auto [name, value] = split_attribute(line.value);
        return unwanted(name, value);
    });
}

Result<Sdp> Sdp::parse(std::string_view text) {
    if (text.size() > kMaxBytes) return invalid("SDP larger than 32 KiB");
    text = without_empty_end(text);
    constexpr std::size_t kUsualLines = 12; // of a part
    Sdp sdp;
    sdp.session.lines.reserve(kUsualLines);
    for (std::size_t count = 0; !text.empty(); ++count) {
        if (count == kMaxLines) return invalid("SDP of more than 1000 lines");
        auto line = parse_line(next_line(text));
        if (!line) return line.error();
        if (line->type == 'm') {
            if (sdp.media.size() == kMaxMedia) return invalid("SDP with more than 16 media descriptions");
            sdp.media.emplace_back().lines.reserve(kUsualLines);
        }
        (sdp.media.empty() ? sdp.session : sdp.media.back()).lines.push_back(*std::move(line));
    }
    if (auto good = check_session(sdp); !good) return good.error();
    if (auto good = check_media(sdp); !good) return good.error();
    return sdp;
}

std::string Sdp::str() const {
    std::size_t size = 0;
    const auto measure = [&size](const SdpSection& section) {
        for (const SdpLine& line : section.lines)
            size += line.value.size() + 4;
    };
    measure(session);
    std::ranges::for_each(media, measure);
    std::string text;
    text.reserve(size);
    const auto print = [&text](const SdpSection& section) {
        for (const SdpLine& line : section.lines) {
            text += line.type;
            text += '=';
            text += line.value;
            text += "\r\n";
        }
    };
    print(session);
    std::ranges::for_each(media, print);
    return text;
}

Result<net::SocketAddress> parse_connection(std::string_view value, std::uint16_t port) {
    const auto parts = first_words<3>(value);
    if (parts.back().empty() || !next_word(value).empty() || parts[0] != "IN" ||
        (parts[1] != "IP4" && parts[1] != "IP6"))
        return invalid("c= that is not IN IP4|IP6 <address>");
    auto address = net::SocketAddress::parse(parts[2], port);
    if (!address) return invalid("c= with something other than an address of one host");
    if (address->is_multicast() || address->is_broadcast()) return invalid("c= with a group address");
    return address;
}

std::string connection_text(const net::SocketAddress& address) {
    return (address.is_v6() ? "IN IP6 " : "IN IP4 ") + address.ip();
}

} // namespace wakeline::media
