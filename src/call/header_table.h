// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// What passes from one side of a call to the other. An allow list: a header that is not here stays behind,
/// and so does every one that is ours to write (Via, Route, Record-Route, Contact, Call-ID, CSeq, From, To,
/// Max-Forwards, Content-Length, RSeq, RAck, Session-Expires, Min-SE, User-Agent, Server, Path,
/// Service-Route).
namespace wakeline::call::header_table {

enum class Way : std::uint8_t { Both, ToPhone, ToTrunk };
enum class In : std::uint8_t { All, Requests, Responses };
/// What happens to the value on its way.
enum class Edit : std::uint8_t { Keep, HideHosts, Warning, OptionTags, Dialogs };

struct Rule {
    std::string_view name;
    Way way;
    In in;
    Edit edit;
    std::string_view why;
};

// clang-format off
inline constexpr auto kRules = std::to_array<Rule>({
    // What an endpoint can do and wants (RFC 3261 20).
    {"Accept",                    Way::Both,    In::All,       Edit::Keep,       "body types the endpoint takes"},
    {"Accept-Encoding",           Way::Both,    In::All,       Edit::Keep,       "as Accept"},
    {"Accept-Language",           Way::Both,    In::All,       Edit::Keep,       "as Accept"},
    {"Allow",                     Way::Both,    In::All,       Edit::Keep,       "methods of the endpoint, which we relay"},
    {"Allow-Events",              Way::Both,    In::All,       Edit::Keep,       "event packages (RFC 6665)"},
    {"Supported",                 Way::Both,    In::All,       Edit::OptionTags, "extensions that work end to end"},
    {"Require",                   Way::Both,    In::All,       Edit::OptionTags, "as Supported"},
    {"Unsupported",               Way::Both,    In::Responses, Edit::Keep,       "goes with 420"},
    {"Accept-Contact",            Way::Both,    In::Requests,  Edit::Keep,       "caller preferences (RFC 3841)"},
    {"Reject-Contact",            Way::Both,    In::Requests,  Edit::Keep,       "as Accept-Contact"},
    {"Request-Disposition",       Way::Both,    In::Requests,  Edit::Keep,       "as Accept-Contact"},
    {"Answer-Mode",               Way::Both,    In::All,       Edit::Keep,       "intercom (RFC 5373)"},

    // Who calls, and for whom (SBC-ONS-04). The PBX asserts, a phone can only wish (RFC 3325 9).
    {"P-Asserted-Identity",       Way::ToPhone, In::All,       Edit::HideHosts,  "asserted by the PBX; phones are not trusted to"},
    {"Remote-Party-ID",           Way::ToPhone, In::All,       Edit::HideHosts,  "older form of the same"},
    {"P-Called-Party-ID",         Way::ToPhone, In::Requests,  Edit::HideHosts,  "which of its numbers was called"},
    {"P-Preferred-Identity",      Way::ToTrunk, In::Requests,  Edit::Keep,       "the wish of a phone, where the PBX knows who it is"},
    {"Privacy",                   Way::Both,    In::All,       Edit::Keep,       "RFC 3323; `id` also stops P-Asserted-Identity here"},
    {"Reply-To",                  Way::Both,    In::Requests,  Edit::HideHosts,  "where to call back"},
    {"Organization",              Way::Both,    In::All,       Edit::Keep,       "shown to the user"},
    {"Subject",                   Way::Both,    In::Requests,  Edit::Keep,       "shown to the user"},
    {"Priority",                  Way::Both,    In::Requests,  Edit::Keep,       "shown to the user"},
    {"Date",                      Way::Both,    In::All,       Edit::Keep,       "when it was said"},
    {"Alert-Info",                Way::Both,    In::All,       Edit::HideHosts,  "ring tone"},
    {"Call-Info",                 Way::Both,    In::All,       Edit::HideHosts,  "picture or purpose"},
    {"Error-Info",                Way::Both,    In::Responses, Edit::HideHosts,  "announcement"},
    {"User-to-User",              Way::Both,    In::All,       Edit::Keep,       "RFC 7433"},

    // How the call came here (RFC 5806, RFC 7044, RFC 3326).
    {"Diversion",                 Way::Both,    In::All,       Edit::HideHosts,  "forwarded by whom"},
    {"History-Info",              Way::Both,    In::All,       Edit::HideHosts,  "as Diversion"},
    {"Reason",                    Way::Both,    In::All,       Edit::Keep,       "answered elsewhere, Q.850 causes (SBC-RING-11)"},

    // Digest runs end to end between phone and PBX. A phone, too, may challenge (check-sync).
    {"Authorization",             Way::Both,    In::Requests,  Edit::Keep,       "the answer to a challenge"},
    {"Proxy-Authorization",       Way::ToTrunk, In::Requests,  Edit::Keep,       "the phone's answer to the PBX"},
    {"WWW-Authenticate",          Way::Both,    In::Responses, Edit::Keep,       "the challenge of an endpoint"},
    {"Proxy-Authenticate",        Way::ToPhone, In::Responses, Edit::Keep,       "the PBX's challenge"},
    {"Authentication-Info",       Way::ToPhone, In::Responses, Edit::Keep,       "nextnonce and rspauth"},
    {"Proxy-Authentication-Info", Way::ToPhone, In::Responses, Edit::Keep,       "the same"},

    // Early media (RFC 5009), emergency calls (RFC 6442).
    {"P-Early-Media",             Way::Both,    In::All,       Edit::Keep,       "RFC 5009"},
    {"Geolocation",               Way::ToTrunk, In::Requests,  Edit::Keep,       "where an emergency caller is"},
    {"Geolocation-Routing",       Way::ToTrunk, In::Requests,  Edit::Keep,       "the same"},
    {"Geolocation-Error",         Way::ToPhone, In::Responses, Edit::Keep,       "the same"},

    // Transfer (RFC 3515, 3891, 3892, 4488). Dialog names inside are translated.
    {"Refer-To",                  Way::Both,    In::Requests,  Edit::Dialogs,    "target, with the dialog to replace"},
    {"Referred-By",               Way::Both,    In::Requests,  Edit::HideHosts,  "who asked for it"},
    {"Refer-Sub",                 Way::Both,    In::All,       Edit::Keep,       "no NOTIFY wanted"},

    // Events and publication (RFC 6665, RFC 3903; SBC-CALL-07).
    {"Event",                     Way::Both,    In::All,       Edit::Keep,       "the package"},
    {"Subscription-State",        Way::Both,    In::Requests,  Edit::Keep,       "of a NOTIFY"},
    {"Expires",                   Way::Both,    In::All,       Edit::Keep,       "of a subscription, or of an INVITE"},
    {"Min-Expires",               Way::Both,    In::Responses, Edit::Keep,       "goes with 423"},
    {"SIP-ETag",                  Way::Both,    In::Responses, Edit::Keep,       "PUBLISH"},
    {"SIP-If-Match",              Way::Both,    In::Requests,  Edit::Keep,       "PUBLISH"},

    // INFO packages (RFC 6086) and the body.
    {"Info-Package",              Way::Both,    In::Requests,  Edit::Keep,       "which package"},
    {"Recv-Info",                 Way::Both,    In::All,       Edit::Keep,       "packages taken"},
    {"Content-Disposition",       Way::Both,    In::All,       Edit::Keep,       "of the body"},
    {"Content-Language",          Way::Both,    In::All,       Edit::Keep,       "of the body"},
    {"MIME-Version",              Way::Both,    In::All,       Edit::Keep,       "of the body"},

    // Why not, and when again.
    {"Warning",                   Way::Both,    In::Responses, Edit::Warning,    "why 488; its agent is a host"},
    {"Retry-After",               Way::Both,    In::Responses, Edit::Keep,       "with 480, 486, 500, 503, 600"},
});

/// What no setting may pass: ours to write, routing, credentials, or an identity that only its rule above may
/// pass on.
inline constexpr auto kReserved = std::to_array<std::string_view>({
    "Via", "Route", "Record-Route", "Contact", "Call-ID", "CSeq", "From", "To", "Max-Forwards", "Content-Length",
    "Content-Type", "Content-Encoding", "RSeq", "RAck", "Path", "Service-Route", "Proxy-Require", "Replaces", "Join",
    "Target-Dialog", "Timestamp", "Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate",
    "Authentication-Info", "Proxy-Authentication-Info", "P-Asserted-Identity", "P-Preferred-Identity",
    "Remote-Party-ID", "Refer-To", "Supported", "Require", "Unsupported", "Security-Client", "Security-Server",
    "Security-Verify", "P-Associated-URI", "Flow-Timer", "Feature-Caps", "Media-Security",
});
/// What no setting may remove: without it the other side would misread the message.
inline constexpr auto kNeeded = std::to_array<std::string_view>({
    "Require", "Unsupported", "Supported", "Authorization", "Proxy-Authorization", "WWW-Authenticate",
    "Proxy-Authenticate", "Event", "Subscription-State", "Expires", "Min-Expires", "Session-Expires", "Min-SE",
    "SIP-ETag", "SIP-If-Match", "Refer-To", "Info-Package", "Content-Disposition",
});

/// Option tags that work through us. Others concern one hop or one leg (outbound, path, sec-agree, timer), or names that we
/// change (gruu, tdialog).
inline constexpr auto kOptionTags = std::to_array<std::string_view>({
    "100rel", "replaces", "norefersub", "early-session", "histinfo", "from-change", "answermode",
    "privacy", "uui", "eventlist", "multiple-refer", "pref", "recipient-list-invite", "geolocation-http",
    "geolocation-sip",
});
// clang-format on

} // namespace wakeline::call::header_table
