// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "ctl/json_reader.h"
#include "ctl/show.h"
#include "ctl/table.h"

namespace wakeline::ctl {

namespace {

std::string lines_of(const Json& trunk) {
    const long long most = number(trunk, "max_calls");
    return text(trunk, "calls") + (most == 0 ? "" : " of " + std::to_string(most));
}

/// "from_pbx" as a person says it.
std::string way_of(const Json& trace) {
    const std::string side = text(trace, "direction") == "to_pbx" ? "to the PBX" : "from the PBX";
    return side + ", " + text(trace, "field") + " number";
}

} // namespace

Result<Shown> show_trunks(std::string_view json) {
    return parsed(json, Json::value_t::array, [](const Json& list) {
        if (list.empty()) return Shown{"no trunk\n", false};
        Table table({"TRUNK", "PRIORITY", "STATE", "SINCE", "ADDRESS", "CALLS", "BACKUP", "WHY"});
        std::string more;
        for (const Json& t : list) {
            table.add({text(t, "name"), text(t, "priority"), text(t, "state"), local_time(text(t, "since")),
                       text(t, "address") + " " + text(t, "transport"), lines_of(t), text(t, "backup"),
                       text(t, "why")});
            const std::string name = harmless(text(t, "name"));
            if (const std::string words = text(t, "registration"); !words.empty())
                more += name + ": " + harmless(words) + '\n';
            if (const std::string failure = text(t, "last_failure"); !failure.empty())
                more += name + ": last failure " + local_time(text(t, "last_failed")) + ", " +
                        harmless(failure) + '\n';
        }
        return Shown{more.empty() ? table.str() : table.str() + '\n' + more};
    });
}

Result<Shown> show_number_test(std::string_view json) {
    return parsed(json, Json::value_t::array, [](const Json& list) {
        std::string out;
        for (const Json& trace : list) {
            out += "trunk " + harmless(text(trace, "trunk")) + ", " + way_of(trace) + ": " +
                   harmless(text(trace, "result")) + '\n';
            for (const Json& step : inside(trace, "steps"))
                out += "  " + harmless(text(step, "rule")) +
                       (text(step, "changed") == "true" ? ": " + harmless(text(step, "result"))
                                                        : std::string(": changes nothing")) +
                       '\n';
        }
        return Shown{out};
    });
}

Result<Shown> show_number_check(std::string_view json) {
    return parsed(json, Json::value_t::array, [](const Json& list) {
        if (list.empty()) return Shown{"every number is good on every trunk\n"};
        Table table({"TRUNK", "USER", "WHY"});
        for (const Json& fault : list)
            table.add({text(fault, "trunk"), text(fault, "user"), text(fault, "why")});
        return Shown{table.str(), false};
    });
}

} // namespace wakeline::ctl
