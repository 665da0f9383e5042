// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/sip_trace.h"
#include "base/log.h"
#include "base/result.h"
#include "call/call_record.h"
#include "call/quota.h"
#include "net/credential.h"
#include "net/timer.h"
#include "push/waker.h"
#include "registrar/binding.h"
#include "trunk/number_plan.h"
#include "trunk/peers.h"

namespace wakeline::admin {

struct ListenerStatus {
    std::string name, side; // side: "phones" or "pbx"
    std::string transport, address;
    std::size_t connections = 0;
};

/// One app of one push service.
struct PushAppStatus {
    std::string name, provider;
    std::string state; // in words: "ready", "not used yet", or what is wrong
    std::string endpoint;
    std::size_t connections = 0, under_way = 0;
    std::uint64_t accepted = 0, token_dead = 0, refused = 0, unavailable = 0; // pushes since the start
    int last_status = 0;                                                      // 0: no answer yet
    std::string last_reason;
    net::WallTime last_answer{};
};

/// A name that is looked up in DNS.
struct NameStatus {
    std::string host, setting;
    std::vector<std::string> addresses; // the last that were found
    std::string failure;                // why they are not found now; empty: they are
};

/// Who we are and how we are (SBC-DIAG-05).
struct NodeStatus {
    std::string version, node, config_file;
    net::WallTime started{}, now{};
    LogLevel log_level = LogLevel::Med;
    std::vector<ListenerStatus> listeners;
    std::vector<trunk::PeerSnapshot> peers;
    std::vector<PushAppStatus> push_apps;
    std::vector<net::Credential> credentials;
    std::vector<NameStatus> names;
    std::size_t registrations = 0, awake = 0;
    std::vector<call::Quota::Snapshot> capacity;
    std::size_t held_calls = 0, ringing_calls = 0, established_calls = 0;
    std::string media_ports;           // "5008-5015 on 0.0.0.0"
    std::string store;                 // "sqlite /var/lib/wakeline/wakeline.db"
    std::vector<std::string> warnings; // what an administrator should look at
};

/// What came of waking one device for a test.
struct PushTest {
    std::string device; // registrar/device_name.h
    std::string user_agent, provider;
    push::WakeResult result;
    std::chrono::milliseconds took{};
};

struct UserDevice {
    registrar::Binding binding;
    bool can_be_woken = false; // it has a push token, and an app is configured for it
};

/// What there is to say about the calls of one user.
struct UserReport {
    std::string user; // as asked
    bool known = false;
    net::WallTime now{};
    std::vector<UserDevice> devices;
    std::optional<call::CallRecord> call; // the last one to the user, live or ended
};

/// What is limited, and how much of it was in use over a time.
struct CapacityReport {
    std::vector<call::Quota::Snapshot> now;
    std::vector<call::Usage> history; // oldest first
};

/// What came of asking one app's push service whether it takes our credentials.
struct PushCheck {
    std::string app, provider, endpoint;
    push::WakeResult result;
    std::chrono::milliseconds took{};
};

/// What becomes of one number on one trunk, step by step.
struct NumberTrace {
    std::string trunk, direction, field; // to_pbx, from_pbx; called, calling
    std::vector<trunk::NumberPlan::Step> steps;
    std::string result;
};

/// A user whose number is no good on a trunk.
struct NumberFault {
    std::string trunk, user, why;
};

struct ReloadReport {
    bool applied = false;              // false: the old configuration stays; `problems` says why
    std::vector<std::string> changed;  // settings now in force
    std::vector<std::string> restart;  // settings that differ in the file and wait for a restart
    std::vector<std::string> problems; // lines for a person
};

/// The running daemon as the control API sees it: snapshots out, few commands in.
class Node {
public:
    template <class T>
    using Answer = std::function<void(Result<T>)>;

    virtual ~Node() = default;
    virtual NodeStatus status() const = 0;
    virtual std::vector<registrar::Binding> registrations() const = 0;
    virtual std::vector<call::CallRecord> calls() const = 0; // live ones
    virtual void ended_calls(std::size_t count, Answer<std::vector<call::CallRecord>> answer) = 0;
    /// A live call with the media statistics of now, or one that has ended.
    virtual void find_call(std::string_view id, Answer<call::CallRecord> answer) = 0;
    /// Why that number's or user's phones ring, or do not.
    virtual void why(std::string_view user, Answer<UserReport> answer) = 0;
    virtual void capacity(net::WallTime from, net::WallTime to, Answer<CapacityReport> answer) = 0;
    /// Wakes every device of that number or address of record.
    virtual void push_test(std::string_view number, Answer<std::vector<PushTest>> answer) = 0;
    /// Asks every push service, without waking anybody.
    virtual void push_check(Answer<std::vector<PushCheck>> answer) = 0;
    /// On the trunk of that name, or on all when it is empty; an error when there is none of that name.
    virtual Result<std::vector<NumberTrace>> number_test(std::string_view trunk,
                                                         std::string_view number) const = 0;
    /// Every user that is registered or in the users file, on every trunk.
    virtual std::vector<NumberFault> number_check() const = 0;
    virtual ReloadReport reload() = 0;
    virtual void set_log_level(LogLevel level) = 0;
    /// False when there is no such call.
    virtual bool end_call(std::string_view id) = 0;
    /// Forgets the device, for good when it does not come back; an error when there is none.
    virtual void drop_registration(registrar::BindingId id, Answer<Done> answer) = 0;
    virtual std::string config_text() const = 0; // YAML, without any secret
    virtual SipTrace& trace() = 0;
    /// Takes no new calls from now on, and ends the process when the others are over, or after that time if
    /// one is given. The calls that are waited for.
    virtual std::size_t drain(std::optional<std::chrono::milliseconds> within) = 0;
};

} // namespace wakeline::admin
