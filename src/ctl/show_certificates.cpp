// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "ctl/json_reader.h"
#include "ctl/show.h"
#include "ctl/table.h"

namespace wakeline::ctl {

namespace {

void line(std::string& out, const char* what, const std::string& value) {
    if (!value.empty()) out += "  " + std::string(what) + harmless(value) + '\n';
}

std::string certificate(const Json& c) {
    const std::string days = text(c, "days_left");
    std::string out =
        text(c, "name") + ": " + text(c, "state") + (days.empty() ? "" : ", " + days + " days left") + '\n';
    line(out, "problem    ", text(c, "problem"));
    line(out, "subject    ", text(c, "subject"));
    line(out, "issuer     ", text(c, "issuer"));
    line(out, "serial     ", text(c, "serial"));
    line(out, "usage      ", text(c, "usage"));
    line(out, "valid from ", local_time(text(c, "valid_from")));
    line(out, "until      ", local_time(text(c, "expires")));
    std::string names;
    for (const Json& name : inside(c, "names"))
        if (name.is_string()) (names += names.empty() ? "" : ", ") += name.get<std::string>();
    line(out, "names      ", names);
    return out;
}

std::string certificates(const Json& status, std::string_view of) {
    std::string out;
    for (const Json& c : inside(status, "credentials"))
        if (text(c, "name").starts_with(of)) (out += out.empty() ? "" : "\n") += certificate(c);
    return out;
}

std::string push_app(const Json& app) {
    std::string out = text(app, "name") + " (" + text(app, "provider") + " at " +
                      harmless(text(app, "endpoint")) + "): " + harmless(text(app, "state")) + '\n';
    out += "  connections " + text(app, "connections") + ", under way " + text(app, "under_way") +
           "\n  accepted " + text(app, "accepted") + ", token dead " + text(app, "token_dead") +
           ", refused " + text(app, "refused") + ", unavailable " + text(app, "unavailable") + '\n';
    if (number(app, "last_status") != 0)
        out += "  last answer " + text(app, "last_status") + ' ' + harmless(text(app, "last_reason")) +
               " at " + local_time(text(app, "last_answer")) + '\n';
    return out;
}

} // namespace

Result<Shown> show_certificates(std::string_view json) {
    return parsed(json, Json::value_t::object, [](const Json& status) {
        const std::string all = certificates(status, "");
        return Shown{all.empty() ? "no certificate and no key is configured\n" : all};
    });
}

Result<Shown> show_push(std::string_view json) {
    return parsed(json, Json::value_t::object, [](const Json& status) {
        std::string out;
        for (const Json& app : inside(status, "push_apps"))
            out += push_app(app) + '\n';
        if (out.empty()) out = "no push app is configured\n\n";
        return Shown{out + certificates(status, "push.")};
    });
}

Result<Shown> show_drain(std::string_view json) {
    return parsed(json, Json::value_t::object, [](const Json& answer) {
        return Shown{"no new calls are taken; the daemon ends when " + text(answer, "calls") +
                     " calls are over\n"};
    });
}

} // namespace wakeline::ctl
