// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sip/locate.h"
#include "trunk/environment.h"
#include "trunk/health.h"
#include "trunk/number_plan.h"
#include "trunk/peers.h"
#include "trunk/registration.h"
#include "trunk/requests.h"
#include "trunk/sources.h"
#include "trunk/targets.h"

namespace wakeline::trunk {

/// One PBX: finds its addresses and keeps the earlier ones when DNS fails, watches them, and sends requests
/// to the first that is there.
class Peer final : public Trunk, Requests::Owner, Health::Owner {
public:
    /// An error names what is wrong with the configuration.
    static Result<std::unique_ptr<Peer>> create(std::string name, const TrunkConfig& config,
                                                const Environment& environment);
    ~Peer() override;

    /// Where the configuration asks for it: registers with that password. An error names a registrar whose
    /// URI leads nowhere.
    Status keep_registered(Secret password);

    sip::HopRequest send(sip::Builder request, Handler& handler) override;
    void cancel(sip::HopRequest invite, std::string_view reason) override;
    void forget(sip::HopRequest request) override;
    const sip::Uri& uri() const override { return uri_; }
    std::string contact_host() const override;
    bool available() const override {
        return state_ != PeerState::Down && (!registration_ || !registration_->failed());
    }

    const std::string& name() const override { return name_; }
    Lines& lines() override { return lines_; }
    bool leaves_on(int status) const override;
    net::Duration call_response() const override { return config_.timers.call_response; }
    net::Duration ringing() const override { return config_.timers.ringing; }
    std::string number(RuleDirection direction, RuleField field, std::string_view number) const override {
        return plan_.apply(direction, field, number);
    }
    bool internet() const override { return config_.internet; }
    std::string_view registered_user() const override { return config_.registration.user; }
    bool authorize(const sip::Message& challenge, sip::Builder& request) const override {
        return registration_ && registration_->authorize(challenge, request);
    }
    void on_flow_closed(sip::FlowId flow) {
        if (registration_) registration_->on_flow_closed(flow);
    }

    void set_listener(PeerListener& listener) { listener_ = &listener; }
    const TrunkConfig& config() const noexcept { return config_; }
    const NumberPlan& plan() const noexcept { return plan_; }
    /// How surely that source is this PBX: 0 not at all, the more the surer.
    unsigned owns(const sip::FlowInfo& from) const;
    /// Up, and for as long as `hold_down` asks.
    bool settled() const;
    bool challenged(std::string_view call_id) const { return requests_.challenged(call_id); }
    PeerSnapshot snapshot() const;

private:
    struct Parts {
        sip::Uri uri;
        NumberPlan plan;
        Sources sources;
    };
    Peer(std::string name, const TrunkConfig& config, Parts parts, const Environment& environment);

    std::string us() const;
    PeerSnapshot with_target(PeerSnapshot shot) const;
    Status locate();
    void on_located(Result<std::vector<sip::FlowTarget>> answer);
    void judge(PeerState state, std::string_view why);
    bool is_watched() const noexcept { return config_.options_interval.count() > 0; }

    // Requests::Owner
    bool found() const override { return located_; }
    std::optional<sip::FlowTarget> choose(const std::vector<sip::FlowTarget>& tried) const override;
    bool usable(const sip::FlowTarget& target) const override { return targets_.usable(target); }
    void on_no_answer(const sip::FlowTarget& target, sip::TxFailure why) override;

    // Health::Owner
    std::vector<sip::FlowTarget> watched() const override;
    sip::Builder options() const override;
    void on_there(const sip::FlowTarget& target) override;
    void on_missing(const sip::FlowTarget& target, std::string_view why) override;

    const std::string name_;
    const TrunkConfig config_;
    const sip::Uri uri_;
    const NumberPlan plan_;
    const Sources sources_;
    Environment environment_;

    Lines lines_;
    Targets targets_;
    bool located_ = false; // the first search is over
    std::unique_ptr<sip::Locate> search_;
    net::Timer search_timer_;
    PeerState state_ = PeerState::Unknown;
    std::string why_;
    net::WallTime since_;
    std::optional<net::TimePoint> back_; // since when it is up after it was down
    std::string last_failure_;
    net::WallTime last_failed_{};
    PeerListener* listener_ = nullptr;
    bool counted_ = true; // false: a registrar of another one
    Health health_;
    Requests requests_;
    std::unique_ptr<Peer> registrar_; // where it is another place
    std::unique_ptr<Registration> registration_;
};

} // namespace wakeline::trunk
