// SPDX-License-Identifier: Apache-2.0
#include "registrar/upstream_register.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "registrar/device.h"
#include "sip/digest.h"

namespace wakeline::registrar::upstream {

namespace {

using std::chrono::seconds;

// Ours to write, or for this hop alone; pn-* stands in Contact.
constexpr auto kOursInRequests = std::to_array<std::string_view>({"Via",
                                                                  "Max-Forwards",
                                                                  "From",
                                                                  "To",
                                                                  "Call-ID",
                                                                  "CSeq",
                                                                  "Contact",
                                                                  "Expires",
                                                                  "Content-Length",
                                                                  "Content-Type",
                                                                  "Route",
                                                                  "Record-Route",
                                                                  "Path",
                                                                  "Supported",
                                                                  "Require",
                                                                  "Proxy-Require",
                                                                  "Feature-Caps",
                                                                  "P-Asserted-Identity",
                                                                  "Remote-Party-ID",
                                                                  "History-Info"});
// What would show the phone the inside of the network, or promise what we do not do.
constexpr auto kOursInAnswers = std::to_array<std::string_view>(
    {"Via", "From", "To", "Call-ID", "CSeq", "Contact", "Expires", "Content-Length", "Content-Type", "Route",
     "Record-Route", "Path", "Service-Route", "Supported", "Require", "Feature-Caps", "Server", "User-Agent",
     "Warning"});

template <std::size_t N>
bool listed(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::ranges::any_of(names, [name](std::string_view one) { return iequals(one, name); });
}

std::string derived(const Secret& key, std::string_view text) {
    const auto hash = sip::digest::hash(sip::digest::Algorithm::Sha256, key.reveal() + std::string(text));
    return hash.substr(0, 24); // 96 bits
}

const Binding* known_device(const RegistrationFacts& facts, const ContactUpdate& contact) {
    const Binding fresh = candidate(facts, contact);
    const auto at = std::ranges::find_if(facts.existing, [&](const Binding& known) {
        return same_device(known, fresh) || (contact.leaving() && known.contact == fresh.contact);
    });
    return at == facts.existing.end() ? nullptr : &*at;
}

/// The phone's option tags but those that are between it and us.
std::string options(const sip::Message& from_phone) {
    std::string list;
    for (const std::string& tag : from_phone.tokens("Supported"))
        if (!iequals(tag, "path") && !iequals(tag, "outbound") && !iequals(tag, "gruu"))
            list += (list.empty() ? "" : ", ") + tag;
    return list;
}

sip::NameAddr address(sip::NameAddr from_phone) {
    strip_push_params(from_phone.uri.params);
    from_phone.params = {};
    return from_phone;
}

std::string our_contact(const Contact& contact, const sip::NextHop& hop) {
    std::string value = "<sip:" + contact.user + '@' + hop.contact_host() + '>';
    if (contact.expires) value += ";expires=" + std::to_string(contact.expires->count());
    return value;
}

} // namespace

Identity identify(const RegistrationFacts& facts, RegisterRequest& request, seconds max_expiry,
                  const Secret& key) {
    Identity identity;
    identity.cseq = request.cseq;
    const auto rise_above = [&identity](const Binding& known) {
        identity.cseq = std::max(identity.cseq, known.upstream_cseq + 1);
    };
    for (ContactUpdate& contact : request.contacts) {
        const Binding* known = known_device(facts, contact);
        if (known != nullptr) rise_above(*known);
        contact.upstream = known != nullptr && !known->upstream_contact.empty()
                               ? known->upstream_contact
                               : derived(key, request.aor + '\n' + request.call_id + '\n' +
                                                  contact.instance_id + '\n' + contact.uri);
        std::optional<seconds> expires;
        if (contact.expires) expires = std::min(seconds(*contact.expires), max_expiry);
        identity.contacts.push_back({contact.upstream, expires});
    }
    if (request.star)
        for (const Binding& known : facts.existing) {
            rise_above(known);
            // `*` would sign out what registered at the PBX without us, too.
            if (!known.upstream_contact.empty())
                identity.contacts.push_back({known.upstream_contact, seconds(0)});
        }
    identity.id = identity.contacts.empty() ? derived(key, request.aor + '\n' + request.call_id)
                                            : identity.contacts.front().user;
    request.upstream_cseq = identity.cseq;
    return identity;
}

std::string call_id(std::string_view id) { return "register-" + std::string(id); }

std::string left(const RegistrationFacts& facts) {
    const RegisterRequest& request = facts.request;
    if (request.star) return facts.existing.empty() ? std::string() : facts.existing.front().upstream_trunk;
    if (!std::ranges::all_of(request.contacts, &ContactUpdate::leaving)) return {};
    for (const ContactUpdate& contact : request.contacts)
        if (const Binding* known = known_device(facts, contact)) return known->upstream_trunk;
    return {};
}

sip::Builder request(const sip::Message& from_phone, const Identity& identity, const sip::NextHop& hop) {
    sip::Uri target = from_phone.request_uri();
    strip_push_params(target.params);
    auto from = address(from_phone.from());
    from.params.set("tag", identity.id.substr(0, 12));
    const auto hops = std::min(from_phone.max_forwards().value_or(70), 70U);

    auto request = sip::Builder::request("REGISTER", target);
    request.add("Max-Forwards", std::to_string(hops == 0 ? 0 : hops - 1))
        .add("From", from.str())
        .add("To", address(from_phone.to()).str())
        .add("Call-ID", call_id(identity.id))
        .add("CSeq", std::to_string(identity.cseq) + " REGISTER");
    for (const Contact& contact : identity.contacts)
        request.add("Contact", our_contact(contact, hop));
    // For a PBX that reads only the header.
    if (!identity.contacts.empty() && identity.contacts.front().expires)
        request.add("Expires", std::to_string(identity.contacts.front().expires->count()));
    if (const auto list = options(from_phone); !list.empty()) request.add("Supported", list);
    from_phone.each_header([&](std::string_view name, std::string_view value) {
        if (!listed(kOursInRequests, name)) request.add(name, value);
    });
    request.body(from_phone.header("Content-Type").value_or(""), from_phone.body());
    return request;
}

sip::Builder own_request(const Binding& binding, seconds expires, const sip::NextHop& hop) {
    const std::string address = '<' + uri_of(binding.aor) + '>';
    const Contact contact{binding.upstream_contact, expires};
    auto request = sip::Builder::request("REGISTER", "sip:" + binding.aor.substr(binding.aor.rfind('@') + 1));
    request.add("Max-Forwards", "70")
        .add("From", address + ";tag=" + binding.upstream_contact.substr(0, 12))
        .add("To", address)
        .add("Call-ID", call_id(binding.upstream_contact))
        .add("CSeq", std::to_string(binding.upstream_cseq) + " REGISTER")
        .add("Contact", our_contact(contact, hop))
        .add("Expires", std::to_string(expires.count()));
    return request;
}

seconds grant(const sip::Message& answer, std::string_view contact_user, seconds asked) {
    const auto standard = static_cast<std::uint32_t>(asked.count());
    std::uint32_t value = answer.expires().value_or(standard);
    for (const sip::NameAddr& contact : answer.contacts())
        if (contact.uri.user == contact_user)
            value = parse_unsigned<std::uint32_t>(contact.params.get("expires").value_or("")).value_or(value);
    return seconds(value);
}

std::vector<seconds> grants(const sip::Message& answer, const RegisterRequest& request, seconds max_expiry) {
    std::vector<seconds> granted;
    for (const ContactUpdate& contact : request.contacts) {
        const seconds asked = contact.expires ? seconds(*contact.expires) : max_expiry;
        granted.push_back(contact.leaving() ? seconds(0)
                                            : std::min(grant(answer, contact.upstream, asked), max_expiry));
    }
    return granted;
}

void pass_on(const sip::Message& answer, sip::Builder& to_phone) {
    to_phone.set_status(answer.status(), answer.reason());
    answer.each_header([&](std::string_view name, std::string_view value) {
        if (!listed(kOursInAnswers, name)) to_phone.add(name, value);
    });
    to_phone.body(answer.header("Content-Type").value_or(""), answer.body());
}

} // namespace wakeline::registrar::upstream
