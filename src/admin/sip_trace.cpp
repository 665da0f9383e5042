// SPDX-License-Identifier: Apache-2.0
#include "admin/sip_trace.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"

namespace wakeline::admin {

namespace {

constexpr std::string_view kMask = "***";

/// The name of a secret, the sign after it, and what ends a value without quotes.
struct SecretAt {
    std::string_view name;
    char sign;
    std::string_view ends;
};
constexpr std::array kSecrets{
    SecretAt{"response", '=', ", \t\r\n"},   SecretAt{"rspauth", '=', ", \t\r\n"},
    SecretAt{"pn-prid", '=', ";>\",& \r\n"}, SecretAt{"pn-tok", '=', ";>\",& \r\n"},
    SecretAt{"inline", ':', "| \r\n"},       SecretAt{"a=ice-pwd", ':', " \r\n"},
};

std::size_t after_spaces(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

/// Where the value is, without its quotes; spaces around the sign are allowed (RFC 3261 25.1, EQUAL). Nothing
/// when the sign does not follow at `at`.
std::optional<std::pair<std::size_t, std::size_t>> value_at(std::string_view text, std::size_t at,
                                                            const SecretAt& secret) {
    at = after_spaces(text, at);
    if (at == text.size() || text[at] != secret.sign) return std::nullopt;
    at = after_spaces(text, at + 1);
    const bool quoted = at < text.size() && text[at] == '"';
    const std::size_t begin = quoted ? at + 1 : at;
    return std::pair(begin, std::min(text.find_first_of(quoted ? "\"" : secret.ends, begin), text.size()));
}

void mask(std::string& text, const SecretAt& secret) {
    const std::string small = lower(text);
    std::string out;
    std::size_t copied = 0;
    for (auto at = small.find(secret.name); at != std::string::npos; at = small.find(secret.name, at)) {
        at += secret.name.size();
        const auto value = value_at(text, at, secret);
        if (!value) continue;
        (out += text.substr(copied, value->first - copied)) += kMask;
        copied = at = value->second;
    }
    text = out + text.substr(copied);
}

bool is_header(std::string_view line, std::string_view name, std::string_view compact) {
    const std::string_view given = trim(line.substr(0, line.find(':')));
    return iequals(given, name) || iequals(given, compact);
}

/// ":1001@", ":1001>" or ":1001;" after a scheme: the user part, or the number of a tel: URI.
bool names(std::string_view line, const std::string& number) {
    for (std::size_t at = line.find(number); at != std::string_view::npos; at = line.find(number, at + 1)) {
        const std::size_t end = at + number.size();
        const bool begins = at > 0 && (line[at - 1] == ':' || line[at - 1] == '+');
        if (begins &&
            (end == line.size() || std::string_view("@>; ").find(line[end]) != std::string_view::npos))
            return true;
    }
    return false;
}

} // namespace

std::string without_secrets(std::string_view message) {
    std::string text(message);
    for (const SecretAt& secret : kSecrets)
        mask(text, secret);
    return text;
}

void SipTrace::start(std::string number, std::chrono::milliseconds length) {
    stop();
    number_ = std::move(number);
    dialogs_.clear();
    messages_.clear();
    octets_ = 0;
    listen_(this);
    end_.arm(std::min<std::chrono::milliseconds>(length, kLongest), [this] { listen_(nullptr); });
}

void SipTrace::stop() {
    end_.cancel();
    listen_(nullptr);
}

std::vector<TracedMessage> SipTrace::after(std::uint64_t number) const {
    std::vector<TracedMessage> out;
    for (const TracedMessage& message : messages_)
        if (message.number > number) out.push_back(message);
    return out;
}

/// By whom it names, or because its dialog has been seen.
bool SipTrace::is_wanted(std::string_view octets) {
    std::string_view head = octets.substr(0, octets.find("\r\n\r\n")), call_id;
    bool wanted = false, first = true;
    for (const std::string_view line : split(head, '\n')) {
        if (is_header(line, "call-id", "i")) call_id = trim(line.substr(line.find(':') + 1));
        const bool names_people = first || is_header(line, "from", "f") || is_header(line, "to", "t") ||
                                  is_header(line, "p-asserted-identity", "p-asserted-identity");
        wanted = wanted || (names_people && names(trim(line), number_));
        first = false;
    }
    if (wanted && dialogs_.size() < kMostDialogs) dialogs_.emplace(call_id);
    return wanted || dialogs_.contains(call_id);
}

void SipTrace::on_octets(Way way, const sip::FlowInfo& flow, std::string_view octets) {
    if (!is_wanted(octets)) return;
    messages_.push_back({.number = ++last_,
                         .at = timers_.wall_now(),
                         .way = way,
                         .side = flow.side == sip::Side::Access ? "phones" : "pbx",
                         .transport = std::string(sip::via_name(flow.kind)),
                         .local = flow.local.str(),
                         .remote = flow.remote.str(),
                         .text = without_secrets(octets)});
    octets_ += messages_.back().text.size();
    while (messages_.size() > kMostMessages || octets_ > kMostOctets) {
        octets_ -= messages_.front().text.size();
        messages_.pop_front();
    }
}

} // namespace wakeline::admin
