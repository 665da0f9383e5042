// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "ctl/json_reader.h"
#include "ctl/show.h"
#include "ctl/table.h"

namespace wakeline::ctl {

namespace {

struct Limited {
    const char* key;
    const char* name;
    const char* setting;
};
constexpr std::array kLimited{Limited{"numbers", "registered numbers", "limits.registrations"},
                              Limited{"calls", "calls", "limits.calls"}};

std::string now(const Json& capacity) {
    std::string disabled;
    Table table({"LIMIT OF", "ALLOWED", "IN USE", "WARNS AT", "MAX TODAY", "MAX YESTERDAY", "REFUSED TODAY",
                 "REFUSED YESTERDAY"});
    bool any = false;
    for (const Limited& of : kLimited) {
        const Json& one = inside(capacity, of.key);
        if (!one.is_object()) {
            disabled +=
                std::string(of.name) + ": disabled, nothing is counted or refused (" + of.setting + ")\n";
            continue;
        }
        any = true;
        table.add({of.name, text(one, "allowed"), text(one, "in_use"), text(one, "warn_at"),
                   text(one, "maximum_today"), text(one, "maximum_yesterday"), text(one, "refused_today"),
                   text(one, "refused_yesterday")});
    }
    return (any ? table.str() : "") + disabled;
}

std::string history(const Json& slots) {
    if (slots.empty()) return {};
    Table table({"FROM", "OF", "MAX", "REFUSED"});
    for (const Json& slot : slots)
        table.add(
            {local_time(text(slot, "from")), text(slot, "of"), text(slot, "maximum"), text(slot, "refused")});
    return '\n' + table.str();
}

} // namespace

Result<Shown> show_capacity(std::string_view json) {
    return parsed(json, Json::value_t::object, [](const Json& report) {
        return Shown{now(inside(report, "now")) + history(inside(report, "history"))};
    });
}

} // namespace wakeline::ctl
