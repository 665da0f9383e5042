// SPDX-License-Identifier: Apache-2.0
#include "call/header_policy.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "call/multipart.h"
#include "call/replaces.h"

namespace wakeline::call {

namespace {

using namespace header_table;

/// The rules in the order of the lengths of their names, of which each has few.
consteval auto by_length() {
    std::array<const Rule*, kRules.size()> sorted{};
    std::ranges::transform(kRules, sorted.begin(), [](const Rule& rule) { return &rule; });
    std::ranges::sort(sorted, {}, [](const Rule* rule) { return rule->name.size(); });
    return sorted;
}
constexpr auto kByLength = by_length();

const Rule* rule_for(std::string_view name) {
    const auto length = [](const Rule* rule) { return rule->name.size(); };
    for (const Rule* rule : std::ranges::equal_range(kByLength, name.size(), {}, length))
        if (iequals(rule->name, name)) return rule;
    return nullptr;
}

bool applies(const Rule& rule, sip::Side toward, bool request) {
    if (rule.way != Way::Both && rule.way != (toward == sip::Side::Access ? Way::ToPhone : Way::ToTrunk))
        return false;
    return rule.in == In::All || rule.in == (request ? In::Requests : In::Responses);
}

bool listed(const auto& names, std::string_view name) {
    return std::ranges::any_of(names, [name](std::string_view other) { return iequals(other, name); });
}

bool names_identity(std::string_view header) {
    return iequals(header, "P-Asserted-Identity") || iequals(header, "Remote-Party-ID");
}

bool has_credentials(std::string_view header) {
    return iequals(header, "Authorization") || iequals(header, "Proxy-Authorization");
}

/// RFC 3325 6: only who checks the wish against the identity may pass it on.
bool wishes_identity(std::string_view header) { return iequals(header, "P-Preferred-Identity"); }

/// RFC 3325 7: an identity that shall stay private goes to nobody outside the trust domain.
bool identity_is_private(const sip::Message& message) {
    for (const auto& line : message.headers("Privacy"))
        for (const auto value : split(line, ';'))
            if (iequals(trim(value), "id") || iequals(trim(value), "user")) return true;
    return false;
}

/// The start line of a message/sipfrag; its headers would tell the other side's names and addresses.
std::string start_line(std::string_view fragment) {
    return std::string(fragment.substr(0, fragment.find_first_of("\r\n"))) + "\r\n";
}

std::string without_option(std::string_view list, std::string_view option) {
    std::string kept;
    for (const auto tag : split(list, ','))
        if (!iequals(trim(tag), option)) kept.append(kept.empty() ? "" : ", ").append(trim(tag));
    return kept;
}

} // namespace

void Relayed::add_to(sip::Builder& builder) const {
    for (const auto& [name, value] : headers)
        builder.add(name, value);
    if (!body.empty()) builder.body(content_type, body);
}

void Relayed::put_sdp(sip::Builder& builder, std::string_view sdp) const {
    if (!sdp_at) {
        builder.body("application/sdp", sdp);
        return;
    }
    std::string whole = body;
    builder.body(content_type, whole.insert(*sdp_at, sdp));
}

void Relayed::set(std::string_view name, std::string value) {
    remove(name);
    headers.emplace_back(name, std::move(value));
}

void Relayed::remove(std::string_view name) {
    std::erase_if(headers, [name](const auto& header) { return iequals(header.first, name); });
}

const std::string* Relayed::find(std::string_view name) const {
    const auto at = std::ranges::find_if(headers, [name](const auto& h) { return iequals(h.first, name); });
    return at == headers.end() ? nullptr : &at->second;
}

bool Relayed::has_tag(std::string_view header, std::string_view option) const {
    for (const auto& [name, value] : headers) {
        if (!iequals(name, header)) continue;
        for (const auto tag : split(value, ','))
            if (iequals(trim(tag), option)) return true;
    }
    return false;
}

void Relayed::add_option(std::string_view header, std::string_view option) {
    if (has_tag(header, option)) return;
    for (auto& [name, value] : headers)
        if (iequals(name, header)) {
            value.append(", ").append(option);
            return;
        }
    headers.emplace_back(header, option);
}

void Relayed::remove_option(std::string_view option) {
    for (auto& [name, value] : headers)
        if (iequals(name, "Supported") || iequals(name, "Require")) value = without_option(value, option);
    std::erase_if(headers, [](const auto& header) {
        return header.second.empty() && (header.first == "Supported" || header.first == "Require");
    });
}

std::string relayed_options(std::string_view value) {
    std::string kept;
    for (const auto tag : split(value, ','))
        if (std::ranges::any_of(kOptionTags, [tag](auto known) { return iequals(trim(tag), known); }))
            kept.append(kept.empty() ? "" : ", ").append(trim(tag));
    return kept;
}

std::string relayed_refer_to(std::string_view value, sip::Side toward, const HostHiding& hosts,
                             const Dialogs& dialogs) {
    auto target = sip::NameAddr::parse(value);
    if (!target) return hosts.hide_in(value);

    const std::string asked = std::exchange(target->uri.headers, {});
    std::string kept;
    for (const auto header : split(asked, '&')) {
        if (header.empty()) continue;
        if (!istarts_with(header, "replaces=")) continue; // whatever else it asks for names that side
        const auto named = percent_decode(header.substr(9));
        if (!named) continue;
        const bool to_pbx = toward == sip::Side::Trunk;
        kept = "Replaces=" + percent_encode(to_pbx ? replaces_for_pbx(dialogs, *named) : *named);
    }
    target->uri = hosts.hide(std::move(target->uri));
    target->uri.headers = kept;
    return target->str();
}

std::optional<std::string> HeaderPolicy::edited(Edit edit, std::string_view value) const {
    switch (edit) {
    case Edit::Keep: return std::string(value);
    case Edit::HideHosts: return hosts_.hide_in(value);
    case Edit::Warning: return hosts_.hide_warning(value);
    case Edit::Dialogs: return relayed_refer_to(value, toward_, hosts_, terms_.dialogs);
    case Edit::OptionTags: {
        std::string tags = relayed_options(value);
        return tags.empty() ? std::nullopt : std::optional(std::move(tags));
    }
    }
    return std::nullopt;
}

/// SDP is the media module's to write, also inside a multipart body; all else passes octet for octet.
void HeaderPolicy::relay_body(const sip::Message& message, Relayed& relayed) const {
    if (message.body().empty() || message.content_type() == "application/sdp") return;
    relayed.content_type = message.header("Content-Type").value_or("");
    relayed.body = edited_body(message);
    const auto part = BodyPart::find(relayed.content_type, relayed.body, "application/sdp");
    if (!part) return;
    relayed.body.erase(part->begin, part->end - part->begin);
    relayed.sdp_at = part->begin;
}

std::string HeaderPolicy::edited_body(const sip::Message& message) const {
    if (message.content_type() == "message/sipfrag") return start_line(message.body());
    if (message.content_type() != "application/simple-message-summary") return std::string(message.body());

    std::string out; // RFC 3842: `Message-Account: sip:alice@192.0.2.5`
    for (const auto line : split(message.body(), '\n')) {
        const std::size_t colon = line.find(':');
        if (istarts_with(line, "message-account:"))
            out += std::string(line.substr(0, colon + 1)) + ' ' +
                   hosts_.hide_in(trim(line.substr(colon + 1))) + "\r\n";
        else
            out += std::string(line) + (line.empty() ? "" : "\n");
    }
    return out;
}

bool HeaderPolicy::passes(const Rule* rule, std::string_view name, const sip::Message& message) const {
    if (terms_.rules != nullptr && listed(terms_.rules->remove, name) && !listed(kNeeded, name)) return false;
    if (rule == nullptr)
        return terms_.rules != nullptr && listed(terms_.rules->pass, name) && !listed(kReserved, name);
    if (terms_.from_pbx && toward_ == sip::Side::Trunk) return !has_credentials(name);
    if (!applies(*rule, toward_, message.is_request())) return false;
    return terms_.digest_end_to_end || !(has_credentials(name) || wishes_identity(name));
}

Relayed HeaderPolicy::relay(const sip::Message& message) const {
    Relayed relayed;
    const bool keep_identity = toward_ == sip::Side::Trunk || !identity_is_private(message);
    message.each_header([&](std::string_view name, std::string_view value) {
        const Rule* rule = rule_for(name);
        if (!passes(rule, name, message) || (names_identity(name) && !keep_identity)) return;
        auto kept = edited(rule != nullptr ? rule->edit : Edit::HideHosts, value);
        if (kept) relayed.headers.emplace_back(rule != nullptr ? rule->name : name, std::move(*kept));
    });
    if (message.status() >= 300 && message.status() < 400) // the new target (SBC-CALL-09)
        for (const auto& target : message.contacts())
            relayed.headers.emplace_back("Contact", hosts_.hide(target).str());
    relay_body(message, relayed);
    return relayed;
}

} // namespace wakeline::call
