// SPDX-License-Identifier: Apache-2.0
#include "daemon/options.h"

#include <doctest/doctest.h>

using namespace wakeline;
using daemon::Invocation;
using Task = Invocation::Task;

namespace {

Result<Invocation> parse(std::vector<const char*> words) { return daemon::parse_invocation(words); }

} // namespace

TEST_CASE("without options the daemon runs with the system's configuration") {
    const auto invocation = parse({});
    CHECK(invocation->task == Task::Run);
    CHECK(invocation->config_file == "/etc/wakeline/wakeline.yaml");
}

TEST_CASE("options choose the file and the task") {
    CHECK(parse({"--config", "x"})->config_file == "x");
    CHECK(parse({"--check-config", "--config=x"})->task == Task::CheckConfig);
    CHECK(parse({"--print-config"})->task == Task::PrintConfig);
    CHECK(parse({"--print-config=example"})->task == Task::PrintExample);
    CHECK(parse({"--print-config=manual"})->task == Task::PrintManual);
    CHECK(parse({"--version"})->task == Task::Version);
    CHECK(parse({"--check-config", "--help"})->task == Task::Help);
}

TEST_CASE("a wrong command line is refused") {
    CHECK_FALSE(parse({"--daemon"}));
    CHECK_FALSE(parse({"start"}));
    CHECK_FALSE(parse({"--config"}));
    CHECK_FALSE(parse({"--print-config=json"}));
}
