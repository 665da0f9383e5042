// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "ctl/json_reader.h"
#include "ctl/show.h"
#include "ctl/table.h"

namespace wakeline::ctl {

namespace {

struct Sentence {
    std::string_view what, words;
};

/// What the steps of a timeline mean. A step that is not here is shown by its own name.
constexpr std::array kSentences{
    Sentence{"invite", "the call came in"},
    Sentence{"push_sent", "push sent"},
    Sentence{"push_accepted", "the push service took it"},
    Sentence{"push_failed", "the push failed"},
    Sentence{"probe_failed", "no answer on its connection, which seems dead: it is pushed too"},
    Sentence{"connected", "the phone connected"},
    Sentence{"registered", "the phone registered"},
    Sentence{"hunt", "the ring plan goes to"},
    Sentence{"unanswered", "not answered in its ring time"},
    Sentence{"invite_sent", "INVITE sent"},
    Sentence{"ringing", "it rings"},
    Sentence{"answered", "answered"},
    Sentence{"rejected", "refused"},
    Sentence{"unreachable", "could not be reached"},
    Sentence{"cancelled", "the caller gave up"},
    Sentence{"hold", "put on hold"},
    Sentence{"resume", "taken up again"},
    Sentence{"told_late", "came too late, and was told that the call is over"},
    Sentence{"came_late", "came too late, and was not disturbed"},
    Sentence{"woken", "had no connection, and was pushed for a request inside the call"},
    Sentence{"security", "media agreed"},
    Sentence{"moved", "goes on over another connection"},
    Sentence{"takes_over", "wants to take over"},
    Sentence{"redirected", "sent the caller on, who is called there"},
    Sentence{"refer", "asked for a transfer"},
    Sentence{"session_expired", "gave no sign of life for the time of its session timer"},
    Sentence{"media_timeout", "no media packet came any more"},
    Sentence{"bye", "hung up"},
    Sentence{"ended", "ended"},
};

std::string sentence(const std::string& what) {
    const auto found = std::ranges::find(kSentences, what, &Sentence::what);
    return found == kSentences.end() ? what : std::string(found->words);
}

std::string milliseconds(const Json& event) {
    char text[40];
    std::snprintf(text, sizeof text, "%9.1f ms", real(event, "at_ms"));
    return text;
}

std::string explanation(const Json& answer) {
    std::string out;
    for (const Json& sentence : inside(answer, "explanation"))
        if (sentence.is_string()) out += harmless(sentence.get<std::string>()) + '\n';
    return out;
}

std::string timeline(const Json& call) {
    std::string out;
    for (const Json& event : inside(call, "timeline")) {
        out += milliseconds(event) + "  " + harmless(sentence(text(event, "what")));
        if (const std::string device = text(event, "device"); !device.empty())
            out += " [" + harmless(device) + "]";
        if (const std::string detail = text(event, "detail"); !detail.empty()) out += ": " + harmless(detail);
        out += '\n';
    }
    return out;
}

std::string direction(const char* name, const Json& stats) {
    std::string out = "    from the " + std::string(name) + ": " + text(stats, "packets") + " packets, " +
                      text(stats, "lost") + " lost";
    const auto found = stats.find("jitter_ms");
    if (found != stats.end() && found->is_number()) {
        char jitter[32];
        std::snprintf(jitter, sizeof jitter, ", jitter %.1f ms", found->get<double>());
        out += jitter;
    }
    if (number(stats, "auth_failed") != 0) out += ", " + text(stats, "auth_failed") + " not authentic";
    if (number(stats, "dropped") != 0) out += ", " + text(stats, "dropped") + " dropped";
    return out + '\n';
}

std::string side(const Json& stream, const char* security, const char* remote) {
    const std::string address = text(stream, remote);
    const std::string suite = text(stream, security);
    const std::string keys = suite.empty() || suite == "RTP" ? "" : " (keys by SDES)";
    return suite + keys + (address.empty() ? " (no packet yet)" : " " + address);
}

std::string media(const Json& call) {
    std::string out;
    for (const Json& stream : inside(call, "media")) {
        out += "  " + text(stream, "kind") + ' ' + harmless(text(stream, "codec")) + ": phone " +
               side(stream, "phone_security", "phone_remote") + ", PBX " +
               side(stream, "trunk_security", "trunk_remote") + '\n';
        out += direction("phone", inside(stream, "from_phone"));
        out += direction("PBX", inside(stream, "from_trunk"));
    }
    return out.empty() ? out : "\nmedia\n" + out;
}

std::string call_text(const Json& call) {
    const bool to_phone = text(call, "direction") == "to_phone";
    std::string out = "call " + text(call, "id") + ": " + harmless(text(call, "caller")) + " -> " +
                      harmless(text(call, "callee")) + ", " +
                      (to_phone ? "from the PBX to a phone" : "from a phone to the PBX") + '\n';
    out += "state: " + text(call, "state");
    if (number(call, "status") != 0) out += ", answer " + text(call, "status");
    if (!text(call, "reason").empty()) out += ", " + harmless(text(call, "reason"));
    out += "\nstarted: " + local_time(text(call, "started")) + '\n';
    const std::string told = explanation(call);
    return out + '\n' + told + (told.empty() ? "" : "\n") + timeline(call) + media(call);
}

} // namespace

std::string last_step(const Json& call) {
    const Json& steps = inside(call, "timeline");
    if (!text(call, "reason").empty() || steps.empty()) return text(call, "reason");
    const std::string device = text(steps.back(), "device");
    return sentence(text(steps.back(), "what")) + (device.empty() ? "" : " [" + device + ']');
}

Result<Shown> show_why(std::string_view json) {
    return parsed(json, Json::value_t::object, [](const Json& report) {
        std::string out = explanation(report);
        const Json& call = inside(report, "call");
        if (call.is_object()) out += "\nAll of it: wakelinectl call " + harmless(text(call, "id")) + '\n';
        return Shown{std::move(out)};
    });
}

Result<Shown> show_call(std::string_view json) {
    return parsed(json, Json::value_t::object, [](const Json& call) { return Shown{call_text(call)}; });
}

} // namespace wakeline::ctl
