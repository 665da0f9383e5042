// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands.h"

#include <doctest/doctest.h>

using namespace wakeline;
using namespace wakeline::ctl;

namespace {

/// What would be asked of the daemon, or why nothing is.
std::string asked(std::vector<std::string> words,
                  std::vector<std::pair<std::string_view, std::string>> options = {}) {
    const auto chosen = choose(words);
    if (!chosen) return chosen.error().message;
    const Question question = chosen->command.question(chosen->arguments, {std::move(options), words});
    return question.method + ' ' + question.path;
}

} // namespace

TEST_CASE("each command becomes one question to the daemon") {
    CHECK(asked({"status"}) == "GET /v1/status");
    CHECK(asked({"registrations"}) == "GET /v1/registrations");
    CHECK(asked({"registrations", "10*@example.com"}) == "GET /v1/registrations?match=10%2a%40example.com");
    CHECK(asked({"calls"}) == "GET /v1/calls");
    CHECK(asked({"calls"}, {{"ended", ""}}) == "GET /v1/calls?ended=1");
    CHECK(asked({"call", "7f3a"}) == "GET /v1/calls/7f3a");
    CHECK(asked({"call", "a/../b?c"}) == "GET /v1/calls/a%2f..%2fb%3fc");
    CHECK(asked({"push", "test", "1001"}) == "POST /v1/push-test?number=1001");
    CHECK(asked({"reload"}) == "POST /v1/reload");
    CHECK(asked({"log-level"}) == "GET /v1/status");
    CHECK(asked({"log-level", "max"}) == "POST /v1/log-level?level=max");
}

TEST_CASE("a wrong command line is answered with a sentence") {
    CHECK(asked({}) == "a command is missing");
    CHECK(asked({"frobnicate"}) == "there is no command frobnicate");
    CHECK(asked({"number"}) == "there is no command number alone; there are number test, number check");
    CHECK(asked({"push"}) == "GET /v1/status");
    CHECK(asked({"call"}) == "call needs ID");
    CHECK(asked({"trunks"}) == "GET /v1/trunks");
    CHECK(asked({"number", "test", "+49"}) == "GET /v1/number-test?number=%2b49");
    CHECK(asked({"number", "test", "1"}, {{"trunk", "a b"}}) == "GET /v1/number-test?number=1&trunk=a%20b");
    CHECK(asked({"number", "check"}) == "GET /v1/number-check");
    CHECK(asked({"push", "test"}) == "push test needs NUMBER");
    CHECK(asked({"status", "now"}) == "unexpected argument now");
}

TEST_CASE("the help names every command and option") {
    const std::string help = help_text();
    for (const Command& command : commands())
        CHECK(help.find("\n  " + std::string(command.words)) != std::string::npos);
    for (const Option& option : kOptions)
        CHECK(help.find("\n  --" + std::string(option.name)) != std::string::npos);
}

TEST_CASE("an option of another command is refused") {
    const auto calls = choose({"calls"}), status = choose({"status"});
    REQUIRE(calls);
    REQUIRE(status);
    CHECK(check_options(calls->command, {{{"ended", ""}, {"json", ""}}, {}}));
    const Status refused = check_options(status->command, {{{"ended", ""}}, {}});
    REQUIRE(!refused);
    CHECK(refused.error().message == "--ended goes with calls");
}

TEST_CASE("the completion knows the words of commands, the choices of arguments and every option") {
    const std::string script = bash_completion();
    const auto has = [&script](const char* text) { return script.find(text) != std::string::npos; };
    CHECK(has("'push') list='check test' ;;"));
    CHECK(has("'log-level') list='max med min off' ;;"));
    CHECK(has(" status "));
    CHECK(has("-*) list='--socket --json --watch"));
    CHECK(has("--socket | --state | --trunk"));
    CHECK(!has("@"));
}
