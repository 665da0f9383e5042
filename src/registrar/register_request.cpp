// SPDX-License-Identifier: Apache-2.0
#include "registrar/register_request.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace wakeline::registrar {

namespace {

constexpr std::size_t kMaxContacts = 16, kMaxUri = 1'024, kMaxPath = 1'024, kMaxCallId = 256;
constexpr std::size_t kMaxInstance = 128, kMaxUserAgent = 96;
constexpr std::uint32_t kMalformedExpires = 3'600; // RFC 3261 10.2.1.1
constexpr std::uint32_t kMaxRegId = 0x7fff'ffff;   // RFC 5626 section 4.2

/// The URN of +sip.instance. One that is no URN, or the nil UUID, names no device: clients send the host name
/// or nothing while their key chain is locked (scenario 36).
std::string instance_of(const sip::Params& params) {
    std::string_view text = params.get("+sip.instance").value_or("");
    if (text.size() < 4 || !text.starts_with("\"<") || !text.ends_with(">\"")) return {};
    text = text.substr(2, text.size() - 4);
    const bool nil = text.find_first_not_of("0-", text.rfind(':') + 1) == std::string_view::npos;
    if (!istarts_with(text, "urn:") || nil || text.size() > kMaxInstance) return {};
    return lower(text);
}

std::uint32_t reg_id_of(const sip::Params& params) {
    const auto id = parse_unsigned<std::uint32_t>(params.get("reg-id").value_or(""));
    return id && *id <= kMaxRegId ? *id : 0;
}

std::optional<std::uint32_t> expires_of(const sip::NameAddr& contact, const sip::Message& message) {
    const auto param = contact.params.get("expires");
    if (!param) return message.expires();
    return parse_unsigned<std::uint32_t>(*param).value_or(kMalformedExpires);
}

/// Another proxy on the way pushes through that service already (RFC 8599 5.6.1.1).
bool pushed_by_another(const sip::Message& message, const PushData& push) {
    const std::string mark = "+sip.pns=\"" + push.provider + '"';
    return std::ranges::any_of(message.headers("Feature-Caps"), [&](const std::string& caps) {
        return lower(caps).find(mark) != std::string::npos;
    });
}

Result<ContactUpdate> read_contact(sip::NameAddr contact, const sip::Message& message) {
    ContactUpdate update;
    update.expires = expires_of(contact, message);
    for (const char* ours : {"expires", "pub-gruu", "temp-gruu"})
        contact.params.erase(ours);
    update.echo = contact;
    auto push = take_push_params(contact.uri.params);
    if (!push) return push.error();
    update.push = *std::move(push);
    if (update.push.form != PushParams::Form::None && pushed_by_another(message, update.push.data))
        update.push = {};
    contact.uri.headers.clear();
    update.uri = contact.uri.str();
    update.instance_id = instance_of(contact.params);
    update.reg_id = update.instance_id.empty() ? 0 : reg_id_of(contact.params);
    update.refreshes_itself = contact.params.has("+sip.pnsreg");
    return update;
}

std::optional<Rejection> read_contacts(const sip::Message& message, RegisterRequest& request) {
    const auto lines = message.headers("Contact");
    if (lines.empty()) return std::nullopt;
    if (std::ranges::any_of(lines, [](const std::string& line) { return trim(line) == "*"; })) {
        // RFC 3261 10.3 step 6.
        if (lines.size() != 1 || message.expires() != 0U)
            return Rejection{400, "Contact * Needs Expires 0 and Nothing Else"};
        request.star = true;
        return std::nullopt;
    }
    auto contacts = sip::NameAddr::parse_list(lines);
    if (!contacts) return Rejection{400, "Bad Contact"};
    if (contacts->size() > kMaxContacts) return Rejection{400, "Too Many Contacts"};
    for (sip::NameAddr& contact : *contacts) {
        if (!contact.uri.is_sip()) return Rejection{400, "Contact Must Be a SIP URI"};
        auto update = read_contact(std::move(contact), message);
        if (!update)
            return Rejection{
                .status = 400, .reason = "Bad Push Parameters", .detail = update.error().message};
        if (update->uri.size() > kMaxUri) return Rejection{400, "Contact Too Long"};
        request.contacts.push_back(*std::move(update));
    }
    return std::nullopt;
}

std::optional<Rejection> check_require(const sip::Message& message) {
    std::string unknown;
    for (const std::string& option : message.tokens("Require"))
        if (!iequals(option, "path") && !iequals(option, "outbound") && !iequals(option, "gruu"))
            unknown += (unknown.empty() ? "" : ", ") + option;
    if (unknown.empty()) return std::nullopt;
    return Rejection{420, {}, "Unsupported", unknown};
}

bool supports(const sip::Message& message, std::string_view option) {
    return message.has_token("Supported", option) || message.has_token("Require", option);
}

/// RFC 5626 section 6: the proxy that the phone is connected to says so in its Path.
bool first_hop_knows_outbound(const sip::Message& message) {
    if (message.via_count() <= 1) return true; // that is us
    const auto path = sip::NameAddr::parse_list(message.headers("Path"));
    return path && !path->empty() && path->back().uri.params.has("ob");
}

std::string join(const std::vector<std::string>& lines) {
    std::string joined;
    for (const std::string& line : lines)
        joined += (joined.empty() ? "" : ", ") + line;
    return joined;
}

} // namespace

bool RegisterRequest::uses_outbound() const {
    return outbound && std::ranges::any_of(contacts, [](const ContactUpdate& contact) {
               return contact.reg_id != 0 && !contact.leaving();
           });
}

std::variant<RegisterRequest, Rejection> RegisterRequest::read(const sip::Message& message,
                                                               const Domains& domains) {
    if (!message.request_uri().is_sip()) return Rejection{416};
    if (auto rejection = check_require(message)) return *std::move(rejection);
    // Who registers elsewhere would use us as an open relay; a user we do not have is merely not found.
    if (!domains.served(message.request_uri().host))
        return Rejection{.status = 403,
                         .reason = "Domain Not Served Here",
                         .detail = message.request_uri().host + " is not in `domains`"};
    auto aor = domains.aor(message.to().uri);
    if (!aor) return Rejection{404, "Not a User of This Domain"};

    RegisterRequest request;
    request.aor = *std::move(aor);
    request.call_id = message.call_id();
    request.cseq = message.cseq().number;
    request.path = join(message.headers("Path"));
    request.user_agent = message.header("User-Agent").value_or("").substr(0, kMaxUserAgent);
    request.outbound = supports(message, "outbound");
    request.gruu = supports(message, "gruu");
    if (request.call_id.size() > kMaxCallId) return Rejection{400, "Call-ID Too Long"};
    if (request.path.size() > kMaxPath) return Rejection{400, "Path Too Long"};
    if (auto rejection = read_contacts(message, request)) return *std::move(rejection);
    if (request.uses_outbound() && !first_hop_knows_outbound(message)) return Rejection{439};
    return request;
}

} // namespace wakeline::registrar
