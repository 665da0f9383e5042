// SPDX-License-Identifier: Apache-2.0
#include "admin/explanation.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "admin/media_advice.h"
#include "admin/words.h"
#include "registrar/device_name.h"

namespace wakeline::admin {

namespace {

using call::CallRecord;
using call::TimelineEvent;
using Sentences = std::vector<std::string>;

/// "0.4 ms", "1502 ms": the part of a millisecond matters only where there are few.
std::string in_ms(std::chrono::microseconds time) {
    char text[32];
    const double ms = static_cast<double>(time.count()) / 1'000;
    std::snprintf(text, sizeof text, ms < 10 ? "%.1f ms" : "%.0f ms", ms);
    return text;
}

std::string in_brackets(const std::string& detail) { return detail.empty() ? "" : " (" + detail + ')'; }
std::string after_colon(const std::string& detail) { return detail.empty() ? "" : ": " + detail; }

/// What happened to one device of a call, or to the PBX.
struct Story {
    std::string name;
    std::vector<const TimelineEvent*> steps = {};

    bool has(std::string_view what) const {
        return std::ranges::any_of(steps, [what](const TimelineEvent* step) { return step->what == what; });
    }
};

bool is_about_the_call(const TimelineEvent& event) {
    return event.device.empty() || event.what == "invite" || event.what == "cancelled";
}

std::vector<Story> stories(const CallRecord& record) {
    std::vector<Story> all;
    for (const TimelineEvent& event : record.timeline) {
        if (is_about_the_call(event)) continue;
        auto at = std::ranges::find(all, event.device, &Story::name);
        if (at == all.end()) at = all.insert(all.end(), Story{event.device});
        at->steps.push_back(&event);
    }
    return all;
}

/// One step in words; empty when it says nothing about why a phone rang. `first`: of its device.
std::string clause(const TimelineEvent& step, bool first) {
    struct Words {
        std::string_view what, words;
    };
    constexpr std::array kWords{
        Words{"hunt", "the ring plan came to it"},
        Words{"unanswered", "it was not answered in its ring time, which ended"},
        Words{"push_accepted", "the push service took it"},
        Words{"registered", "the phone registered"},
        Words{"ringing", "it rang"},
        Words{"answered", "it was answered"},
        Words{"rejected", "it refused"},
        Words{"push_failed", "the push failed"},
        Words{"told_late", "it came too late and was told that the call is over"},
        Words{"came_late", "it came when the call was over, and was not disturbed"},
        Words{"bye", "it hung up"},
        Words{"trunk_failed", "it was left for the next trunk"},
        Words{"all_lines_busy", "all its lines were busy"},
    };
    if (step.what == "push_sent") return first ? "it slept, and a push was sent" : "a push was sent as well";
    if (step.what == "invite_sent")
        return first ? "it was connected, and the INVITE was sent there" : "the INVITE was sent";
    if (step.what == "probe_failed") return "nothing came back on its connection";
    const auto at = std::ranges::find(kWords, step.what, &Words::what);
    return at == kWords.end() ? std::string() : std::string(at->words);
}

std::string tell(const Story& story) {
    std::string out;
    bool first = true;
    for (const TimelineEvent* step : story.steps) {
        const std::string words = clause(*step, first);
        if (words.empty()) continue;
        first = false;
        const bool explains =
            step->what == "rejected" || step->what == "push_failed" || step->what == "trunk_failed";
        out += (out.empty() ? "" : ", ") + words + " after " + in_ms(step->at) +
               (explains ? after_colon(step->detail) : in_brackets(step->detail));
    }
    for (const TimelineEvent* step : story.steps)
        if (step->what == "unreachable")
            out += (out.empty() ? "it was given up after " : "; given up after ") + in_ms(step->at) +
                   after_colon(step->detail);
    return story.name + ": " + out + '.';
}

bool names_dead_token(std::string_view detail) {
    constexpr std::array kDead{"410", "404", "BadDeviceToken", "Unregistered", "UNREGISTERED"};
    return std::ranges::any_of(kDead,
                               [detail](std::string_view word) { return detail.find(word) != detail.npos; });
}

/// What an administrator can do about what happened to that device.
std::string remedy(const Story& story) {
    for (const TimelineEvent* step : story.steps) {
        if (step->what != "push_failed") continue;
        if (names_dead_token(step->detail))
            return "The push token of " + story.name +
                   " is dead: the app was removed or reinstalled. It can be woken again when it has "
                   "registered.";
        return "The push service did not take the push: see wakelinectl status and wakelinectl push test.";
    }
    if (story.has("ringing") || story.has("answered") || story.has("rejected")) return {};
    if (story.has("registered"))
        return story.name + " woke up and got the call, but did not say that it rings: look at the app.";
    if (story.has("push_accepted"))
        return "The push was taken, but " + story.name +
               " did not come back in time: it is off, without network, or may not run in the background.";
    if (story.has("push_sent"))
        return "The push service did not answer: see wakelinectl status for its state.";
    if (story.has("unreachable") && !story.has("invite_sent"))
        return story.name + " had no connection and could not be woken: it has given no push token, or its "
                            "push service is not configured (push.apps).";
    return {};
}

std::string ending(const CallRecord& record) {
    if (record.state != call::CallState::Ended)
        return "The call goes on: " + std::string(word(record.state)) + '.';
    const auto last = record.timeline.empty() ? std::chrono::microseconds(0) : record.timeline.back().at;
    const bool answered = record.answered != net::WallTime{};
    return (answered ? "The call was up, and ended after "
                     : "The caller got " + std::to_string(record.status) + " after ") +
           in_ms(last) + after_colon(record.reason) + '.';
}

std::string headline(const CallRecord& record) {
    const std::string who = record.caller + " called " + record.callee;
    const std::string way = record.direction == call::Direction::ToPhone
                                ? " from the PBX" + (record.trunk.empty() ? "" : ' ' + record.trunk)
                                : std::string(" through the PBX");
    return who + way + " at " + rfc3339(record.started) + '.';
}

/// What a call would meet at that device now.
std::string prospect(const UserDevice& device, net::WallTime now) {
    const registrar::Binding& binding = device.binding;
    const std::string name = registrar::device_name(binding);
    if (binding.awake()) return name + " is registered and connected: a call goes to it at once.";
    const std::string waits = device.can_be_woken ? "a call wakes it by a push"
                              : binding.push.usable()
                                  ? "a call cannot reach it, since no app in push.apps serves its push token"
                                  : "a call cannot reach it, since it has given no push token";
    if (binding.bound(now)) return name + " is registered and asleep: " + waits + '.';
    return "The registration of " + name + " expired at " + rfc3339(binding.expires) + ": " + waits + '.';
}

} // namespace

Sentences explain(const CallRecord& record) {
    Sentences out{headline(record)};
    const auto all = stories(record);
    for (const Story& story : all)
        out.push_back(tell(story));
    for (const TimelineEvent& event : record.timeline)
        if (event.what == "cancelled")
            out.push_back("The caller gave up after " + in_ms(event.at) + in_brackets(event.detail) + '.');
    out.push_back(ending(record));
    if (record.direction == call::Direction::ToPhone && record.answered == net::WallTime{})
        for (const Story& story : all)
            if (std::string advice = remedy(story); !advice.empty()) out.push_back(std::move(advice));
    for (std::string& advice : media_advice(record))
        out.push_back(std::move(advice));
    return out;
}

Sentences explain(const UserReport& report) {
    Sentences out;
    if (!report.known)
        out.push_back(report.user +
                      " is not known: no phone ever registered by that name, and a call gets 404. "
                      "Is it the number that the phone registers with?");
    else if (report.devices.empty())
        out.push_back(
            "No phone of " + report.user +
            " is registered: it has logged out, or its registration has expired. A call gets 480 at once.");
    for (const UserDevice& device : report.devices)
        out.push_back(prospect(device, report.now));
    if (!report.call) {
        out.push_back("There is no record of a call to " + report.user + '.');
        return out;
    }
    out.push_back("The last call:");
    for (std::string& sentence : explain(*report.call))
        out.push_back(std::move(sentence));
    return out;
}

} // namespace wakeline::admin
