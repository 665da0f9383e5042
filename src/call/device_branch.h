// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call/branch.h"
#include "call/device_branch_table.h"
#include "push/waker.h"

namespace wakeline::call {

/// Applies call/device_branch_table.h to one registered device: pushes, waits, sends the INVITE once on the
/// connection that the device opened.
class DeviceBranch final : public Branch {
public:
    using State = device_branch::State;

    /// What every push of the call says.
    struct Wake {
        std::string uuid;
        net::WallTime deadline{};
    };

    DeviceBranch(Context& context, Owner& owner, Timeline& timeline, const CallOffer& offer,
                 const registrar::Binding& binding, Wake wake);
    ~DeviceBranch() override;

    void start() override;
    void stop(std::string_view why) override;
    void on_hold_end() override;
    void on_registered(const registrar::Binding& binding) override;
    bool held() const override { return device_branch::holds(state_); }

    bool phone_is_secure() const override { return target_.secure; }

    State state() const noexcept { return state_; }

    void on_response(Outgoing& invite, const sip::Message& response) override;
    void on_failure(Outgoing& invite, sip::TxFailure why) override;

private:
    using Event = device_branch::Event;
    using Action = device_branch::Action;

    void handle(Event event, const sip::Message* response = nullptr);
    void enter(State next);
    void run(Action action, const sip::Message* response);
    void send_invite();
    void push();
    void cancel_push();
    void on_pushed(const push::WakeResult& result);
    void on_probe_end();
    void on_silence();
    void die(Ending ending);
    /// It was pushed and is not here: it may still come, when nothing is left to answer.
    void expect_late(std::string_view reason);
    void push_end(std::string_view reason);
    push::Device push_device() const;
    push::WakeRequest push_request() const;
    bool can_be_pushed() const;
    bool moved() const;

    /// What a call needs of the binding: thousands may wait.
    struct Target {
        registrar::BindingId id;
        sip::FlowId flow;
        bool secure; // it registered over TLS
        std::string aor, contact, path;
        registrar::PushData push;

        explicit Target(const registrar::Binding& binding);
    };

    Target target_;
    Wake wake_;
    State state_ = State::New;
    std::string call_id_, from_tag_, stop_why_, push_failure_;
    push::WakeId wake_id_ = 0;
    std::optional<net::TimePoint> pushed_; // until it registers
    bool was_pushed_ = false, push_written_ = false, push_taken_ = false, hold_over_ = false;
    net::Timer probe_, no_response_;
};

} // namespace wakeline::call
