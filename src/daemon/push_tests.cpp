// SPDX-License-Identifier: Apache-2.0
#include "daemon/push_tests.h"

#include <algorithm>

#include "base/random.h"
#include "daemon/named.h"
#include "registrar/device_name.h"

namespace wakeline::daemon {

namespace {

constexpr auto kPatience = std::chrono::seconds(10);

} // namespace

PushTests::~PushTests() {
    for (const auto& [id, run] : runs_)
        for (const push::WakeId wake : run.wakes)
            if (wake != 0) waker_.cancel(wake);
}

void PushTests::start(std::string_view who, admin::Node::Answer<std::vector<admin::PushTest>> answer) {
    Run run{.answer = std::move(answer), .tests = {}, .devices = {}, .wakes = {}, .started = timers_.now()};
    bool known = false;
    bindings_.table().each([&](const registrar::PackedBinding& packed) {
        if (!is_named(who, packed.text(registrar::PackedBinding::Text::Aor))) return;
        known = true;
        if (auto binding = packed.unpack(); binding.push.usable()) run.devices.push_back(std::move(binding));
    });
    if (!known)
        return run.answer(Error{ErrorCode::NotFound, "no device of " + std::string(who) + " is registered"});
    if (run.devices.empty()) return run.answer(std::vector<admin::PushTest>{});

    for (const registrar::Binding& device : run.devices)
        run.tests.push_back({.device = registrar::device_name(device),
                             .user_agent = device.user_agent,
                             .provider = device.push.provider,
                             .result = {}});
    run.wakes.resize(run.devices.size());
    const RunId id = ++last_id_;
    const std::size_t devices = run.devices.size();
    runs_.emplace(id, std::move(run));
    for (std::size_t i = 0; i < devices; ++i)
        wake(id, i);
}

void PushTests::wake(RunId id, std::size_t device) {
    Run& run = runs_.at(id);
    const registrar::PushData& push = run.devices[device].push;
    push::WakeRequest request;
    request.call = "test-" + std::to_string(id);
    request.sip_call_id = random_token();
    request.uuid = random_uuid();
    request.deadline = timers_.wall_now() + kPatience;
    request.test = true;
    run.wakes[device] = waker_.wake(
        {push.provider, push.param, push.prid}, request, [] {},
        [this, id, device](const push::WakeResult& result) { on_finished(id, device, result); });
}

void PushTests::on_finished(RunId id, std::size_t device, const push::WakeResult& result) {
    Run& run = runs_.at(id);
    run.wakes[device] = 0;
    run.tests[device].result = result;
    run.tests[device].took =
        std::chrono::duration_cast<std::chrono::milliseconds>(timers_.now() - run.started);
    if (result.outcome == push::WakeOutcome::TokenDead)
        bindings_.token_dead(run.devices[device].id, run.devices[device].push, result.dead_since);
    if (std::ranges::any_of(run.wakes, [](push::WakeId wake) { return wake != 0; })) return;
    const Run done = std::move(runs_.extract(id).mapped());
    done.answer(done.tests);
}

} // namespace wakeline::daemon
