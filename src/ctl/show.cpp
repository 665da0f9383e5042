// SPDX-License-Identifier: Apache-2.0
#include "ctl/show.h"

#include "base/text.h"
#include "ctl/json_reader.h"
#include "ctl/table.h"

namespace wakeline::ctl {

namespace {

void warnings(std::string& out, const Json& status) {
    for (const Json& warning : inside(status, "warnings"))
        if (warning.is_string()) out += "warning: " + harmless(warning.get<std::string>()) + '\n';
}

std::string listeners(const Json& status) {
    Table table({"LISTENER", "FOR", "TRANSPORT", "ADDRESS", "CONNECTIONS"});
    for (const Json& l : inside(status, "listeners"))
        table.add({text(l, "name"), text(l, "side"), text(l, "transport"), text(l, "address"),
                   text(l, "connections")});
    return table.str();
}

std::string trunks(const Json& status) {
    Table table({"TRUNK", "STATE", "SINCE", "ADDRESS", "CALLS", "WHY"});
    for (const Json& t : inside(status, "trunks"))
        table.add({text(t, "name"), text(t, "state"), local_time(text(t, "since")),
                   text(t, "address") + " " + text(t, "transport"), text(t, "calls"), text(t, "why")});
    return table.str();
}

std::string push_apps(const Json& status) {
    Table table({"PUSH APP", "PROVIDER", "STATE", "CONNECTIONS", "ACCEPTED", "FAILED", "LAST ANSWER"});
    for (const Json& app : inside(status, "push_apps")) {
        const long long failed =
            number(app, "token_dead") + number(app, "refused") + number(app, "unavailable");
        const std::string last = number(app, "last_status") == 0 ? "" : text(app, "last_status") + ' ';
        table.add({text(app, "name"), text(app, "provider"), text(app, "state"), text(app, "connections"),
                   text(app, "accepted"), std::to_string(failed), last + text(app, "last_reason")});
    }
    return table.str();
}

std::string capacity(const Json& limits) {
    std::string out;
    for (const auto& [key, name] :
         {std::pair{"numbers", "registered numbers"}, std::pair{"calls", "calls"}}) {
        const Json& of = inside(limits, key);
        out += out.empty() ? "limits: " : ", ";
        out += of.is_object() ? text(of, "in_use") + " of " + text(of, "allowed") + ' ' + name
                              : std::string(name) + " disabled";
    }
    return out + '\n';
}

std::string credentials(const Json& status) {
    Table table({"CERTIFICATE OR KEY", "STATE", "DAYS LEFT", "WHAT"});
    for (const Json& c : inside(status, "credentials")) {
        const std::string problem = text(c, "problem");
        table.add({text(c, "name"), text(c, "state"), text(c, "days_left"),
                   problem.empty() ? text(c, "subject") : problem});
    }
    return table.str();
}

std::string counts(const Json& status) {
    const Json& registrations = inside(status, "registrations");
    const Json& calls = inside(status, "calls");
    return "devices registered: " + text(registrations, "devices") +
           ", of these awake: " + text(registrations, "awake") + "\ncalls: " + text(calls, "established") +
           " established, " + text(calls, "ringing") + " ringing, " + text(calls, "held") +
           " held for a sleeping phone\n" + capacity(inside(status, "capacity"));
}

std::string status_text(const Json& s) {
    std::string out = "wakeline " + text(s, "version") + " on " + harmless(text(s, "node")) + ", up " +
                      span_in_words(number(s, "uptime_s")) + ", log level " + text(s, "log_level") + '\n' +
                      "configuration: " + text(s, "config") + '\n' + "store: " + text(s, "store") + '\n' +
                      "media: UDP " + text(s, "media") + "\n\n" + counts(s);
    if (!inside(s, "listeners").empty()) out += '\n' + listeners(s);
    if (!inside(s, "trunks").empty()) out += '\n' + trunks(s);
    if (!inside(s, "push_apps").empty()) out += '\n' + push_apps(s);
    if (!inside(s, "credentials").empty()) out += '\n' + credentials(s);
    std::string said;
    warnings(said, s);
    return said.empty() ? out : out + '\n' + said;
}

std::string who(const Json& call) { return text(call, "caller") + " -> " + text(call, "callee"); }

/// No answer came at all. Whoever must open a firewall by addresses wants to know where the lists are.
std::string firewall_hint(const std::string& provider) {
    if (provider == "apns")
        return "  This machine must be let out to TCP 443 (or 2197) of Apple, whose addresses are "
               "17.0.0.0/8.\n";
    if (provider == "fcm")
        return "  This machine must be let out to TCP 443 of Google; its addresses are listed in\n"
               "  https://www.gstatic.com/ipranges/goog.json\n";
    return "";
}

} // namespace

Result<Shown> show_status(std::string_view json) {
    return parsed(json, Json::value_t::object, [](const Json& s) { return Shown{status_text(s)}; });
}

Result<Shown> show_registrations(std::string_view json) {
    return parsed(json, Json::value_t::array, [](const Json& list) {
        if (list.empty()) return Shown{"no device\n"};
        Table table({"USER", "DEVICE", "STATE", "EXPIRES IN", "PUSH", "FROM", "USER AGENT"});
        for (const Json& r : list) {
            std::string aor = text(r, "aor");
            if (aor.starts_with("sip:")) aor.erase(0, 4);
            const bool registered = text(r, "registered") == "true";
            table.add({aor, text(r, "device"), registered ? text(r, "state") : "push only",
                       registered ? span_in_words(number(r, "expires_in_s")) : "", text(r, "push"),
                       text(r, "received") + " " + text(r, "transport"), text(r, "user_agent")});
        }
        return Shown{table.str()};
    });
}

namespace {

/// "SRTP | RTP"; the suites stand in `wakelinectl call`.
std::string protection(const Json& call) {
    const auto word = [&call](const char* side) {
        const std::string security = text(call, side);
        return security.empty() || security == "RTP"   ? security
               : security.find("RTP") == security.npos ? std::string("SRTP")
                                                       : std::string("partly SRTP");
    };
    const std::string phone = word("phone_security"), pbx = word("trunk_security");
    return phone.empty() ? phone : phone + " | " + pbx;
}

} // namespace

Result<Shown> show_calls(std::string_view json) {
    return parsed(json, Json::value_t::array, [](const Json& list) {
        if (list.empty()) return Shown{"no call\n"};
        Table table({"CALL", "STARTED", "STATE", "DIRECTION", "WHO", "PHONE | PBX", "LAST"});
        for (const Json& call : list)
            table.add({text(call, "id"), local_time(text(call, "started")), text(call, "state"),
                       text(call, "direction") == "to_phone" ? "to phone" : "from phone", who(call),
                       protection(call), last_step(call)});
        return Shown{table.str()};
    });
}

Result<Shown> show_push_test(std::string_view json) {
    return parsed(json, Json::value_t::array, [](const Json& list) {
        Shown shown{"", false};
        for (const Json& test : list) {
            const std::string outcome = text(test, "outcome");
            shown.good = shown.good || outcome == "accepted";
            shown.text += "device " + text(test, "device") + " (" + harmless(text(test, "user_agent")) +
                          ") by " + text(test, "provider") + ": " + outcome + " after " +
                          text(test, "took_ms") + " ms";
            if (number(test, "status") != 0) shown.text += ", status " + text(test, "status");
            if (!text(test, "reason").empty()) shown.text += ", " + harmless(text(test, "reason"));
            if (!text(test, "message_id").empty()) shown.text += ", id " + text(test, "message_id");
            shown.text += '\n';
        }
        if (list.empty()) shown.text = "no device of that user can be pushed\n";
        return shown;
    });
}

Result<Shown> show_push_check(std::string_view json) {
    return parsed(json, Json::value_t::array, [](const Json& list) {
        if (list.empty()) return Shown{"no push app is configured\n", false};
        Shown shown{""};
        for (const Json& check : list) {
            const bool works = text(check, "outcome") == "accepted";
            shown.good = shown.good && works;
            shown.text += text(check, "app") + " (" + text(check, "provider") + " at " +
                          harmless(text(check, "endpoint")) +
                          "): " + (works ? "works" : text(check, "outcome")) + " after " +
                          text(check, "took_ms") + " ms";
            if (!works && number(check, "status") != 0) shown.text += ", status " + text(check, "status");
            if (!works && !text(check, "reason").empty())
                shown.text += ", " + harmless(text(check, "reason"));
            shown.text += '\n';
            if (!works && number(check, "status") == 0) shown.text += firewall_hint(text(check, "provider"));
        }
        return shown;
    });
}

Result<Shown> show_reload(std::string_view json) {
    return parsed(json, Json::value_t::object, [](const Json& report) {
        const bool applied = text(report, "applied") == "true";
        std::string out;
        for (const Json& problem : inside(report, "problems"))
            out += problem.get<std::string>() + '\n';
        if (!applied)
            return Shown{out + "nothing was changed: the old configuration stays in force\n", false};
        for (const Json& path : inside(report, "changed"))
            out += "changed: " + path.get<std::string>() + '\n';
        for (const Json& path : inside(report, "restart_needed"))
            out += "waits for a restart: " + path.get<std::string>() + '\n';
        return Shown{out + "reloaded\n"};
    });
}

Result<Shown> show_log_level(std::string_view json) {
    return parsed(json, Json::value_t::object,
                  [](const Json& answer) { return Shown{text(answer, "log_level") + '\n'}; });
}

std::string error_text(std::string_view json) {
    const Json root = Json::parse(json, nullptr, false);
    const std::string why = root.is_object() ? text(root, "error") : "";
    return why.empty() ? "the daemon refused, and did not say why" : harmless(why);
}

} // namespace wakeline::ctl
