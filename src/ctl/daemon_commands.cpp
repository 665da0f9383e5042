// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "admin/json.h"
#include "admin/number_traces.h"
#include "base/text.h"
#include "ctl/commands.h"
#include "ctl/configuration.h"

namespace wakeline::ctl {

namespace {

using Words = std::vector<std::string>;

std::string with(const char* path, const char* key, const Words& arguments) {
    return arguments.empty() ? path : std::string(path) + '?' + key + '=' + percent_encode(arguments.front());
}

template <auto Show>
Result<Shown> plainly(std::string_view json, const CommandLine&) {
    return Show(json);
}

/// By the rules in a file, with the daemon's own code.
Result<Shown> test_number_here(const Words& words, const CommandLine& line) {
    const auto config = configuration(line);
    if (!config) return config.error();
    const auto& trunks = config->trunks;
    const auto traces =
        admin::number_traces({trunks.begin(), trunks.end()}, line.value("trunk").value_or(""), words.front());
    if (!traces) return traces.error();
    std::string json = admin::to_json(*traces);
    return line.has("json") ? Result<Shown>(Shown{std::move(json)}) : show_number_test(json);
}

constexpr std::array kDaemonCommands{
    Command{"status", "", "Who the daemon is and how it is: listeners, PBX, push services, counts.",
            [](const Words&, const CommandLine&) {
                return Question{"GET", "/v1/status"};
            },
            plainly<show_status>},
    Command{
        "registrations", "[PATTERN]",
        "The devices that are registered, awake or asleep. PATTERN: a number or user@domain, * and ? stand "
        "for anything.",
        [](const Words& words, const CommandLine& line) {
            std::string path = with("/v1/registrations", "match", words);
            if (line.has("state"))
                (path += words.empty() ? "?state=" : "&state=") += percent_encode(*line.value("state"));
            return Question{"GET", std::move(path)};
        },
        plainly<show_registrations>, "state"},
    Command{"calls", "", "The calls of this moment; with --ended those of before.",
            [](const Words&, const CommandLine& line) {
                return Question{"GET", line.has("ended") ? "/v1/calls?ended=1" : "/v1/calls"};
            },
            plainly<show_calls>, "ended"},
    Command{"call", "ID", "All about one call, live or ended: what happened when, and its media.",
            [](const Words& words, const CommandLine&) {
                return Question{"GET", "/v1/calls/" + percent_encode(words.front())};
            },
            plainly<show_call>},
    Command{
        "capacity", "[PERIOD]",
        "What is limited (limits): allowed, in use, maximum and refusals of today and yesterday; and the "
        "maxima of a day such as 2026-01-31, of days such as 2026-01-01..2026-01-31, or of the last week.",
        [](const Words& words, const CommandLine&) {
            return Question{"GET", with("/v1/capacity", "period", words)};
        },
        plainly<show_capacity>},
    Command{"why", "NUMBER",
            "Why the phones of that number or user@domain ring or do not: how they stand, and the last call.",
            [](const Words& words, const CommandLine&) {
                return Question{"GET", with("/v1/why", "user", words)};
            },
            plainly<show_why>},
    Command{"trunks", "", "The PBXs: state, since when, priority, calls, registration, and what failed last.",
            [](const Words&, const CommandLine&) {
                return Question{"GET", "/v1/trunks"};
            },
            plainly<show_trunks>},
    Command{"number test",
            "NUMBER",
            "What the rules of the trunks make of that number, step by step, to the PBX and from it; with "
            "--trunk of one trunk alone.",
            [](const Words& words, const CommandLine& line) {
                std::string path = with("/v1/number-test", "number", words);
                if (line.has("trunk")) path += "&trunk=" + percent_encode(*line.value("trunk"));
                return Question{"GET", std::move(path)};
            },
            plainly<show_number_test>,
            "trunk config",
            {},
            test_number_here},
    Command{
        "number check", "",
        "The users whose numbers are no good on a trunk with schema e164: too long, too short, no digits.",
        [](const Words&, const CommandLine&) {
            return Question{"GET", "/v1/number-check"};
        },
        plainly<show_number_check>},
    Command{"push", "", "The push services: their state, what they answered last, and their credentials.",
            [](const Words&, const CommandLine&) {
                return Question{"GET", "/v1/status"};
            },
            plainly<show_push>},
    Command{"push test", "NUMBER",
            "Wakes every device of that number or user@domain, and says what came of it.",
            [](const Words& words, const CommandLine&) {
                return Question{"POST", with("/v1/push-test", "number", words)};
            },
            plainly<show_push_test>},
    Command{"push check", "",
            "Asks every push service whether it can be reached and takes our credentials; wakes nobody.",
            [](const Words&, const CommandLine&) {
                return Question{"POST", "/v1/push-check"};
            },
            plainly<show_push_check>},
    Command{"certs", "", "Every certificate, revocation list and push key: whose, for what, until when.",
            [](const Words&, const CommandLine&) {
                return Question{"GET", "/v1/status"};
            },
            plainly<show_certificates>},
    Command{
        "metrics", "", "What is counted, as Prometheus reads it.",
        [](const Words&, const CommandLine&) {
            return Question{"GET", "/metrics"};
        },
        [](std::string_view text, const CommandLine&) -> Result<Shown> { return Shown{std::string(text)}; }},
    Command{"drain", "[TIME]",
            "Takes no new calls, waits until the others have ended, at most for a time such as 10m, and ends "
            "the daemon.",
            [](const Words& words, const CommandLine&) {
                return Question{"POST", with("/v1/drain", "within", words)};
            },
            plainly<show_drain>},
    Command{"reload", "",
            "Reads the configuration and the certificates again; says what waits for a restart.",
            [](const Words&, const CommandLine&) {
                return Question{"POST", "/v1/reload"};
            },
            plainly<show_reload>},
    Command{"log-level",
            "[LEVEL]",
            "Shows the log level, or sets it until the next reload: off, min, med, max.",
            [](const Words& words, const CommandLine&) {
                return words.empty() ? Question{"GET", "/v1/status"}
                                     : Question{"POST", with("/v1/log-level", "level", words)};
            },
            plainly<show_log_level>,
            {},
            "off min med max"},
};

} // namespace

std::span<const Command> daemon_commands() { return kDaemonCommands; }

} // namespace wakeline::ctl
