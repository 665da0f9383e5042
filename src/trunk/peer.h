// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sip/locate.h"
#include "sip/next_hop.h"
#include "trunk/config.h"
#include "trunk/environment.h"
#include "trunk/health.h"
#include "trunk/peers.h"
#include "trunk/requests.h"
#include "trunk/targets.h"

namespace wakeline::trunk {

/// One PBX: finds its addresses and keeps the earlier ones when DNS fails, watches them, and sends requests
/// to the first that is there.
class Peer final : public sip::NextHop, Requests::Owner, Health::Owner {
public:
    /// An error names what is wrong with the configured URI.
    static Result<std::unique_ptr<Peer>> create(std::string name, const TrunkConfig& config,
                                                const Environment& environment);
    ~Peer() override;

    sip::HopRequest send(sip::Builder request, Handler& handler) override;
    void cancel(sip::HopRequest invite, std::string_view reason) override;
    void forget(sip::HopRequest request) override;
    const sip::Uri& uri() const override { return uri_; }
    std::string contact_host() const override;
    bool available() const override { return state_ != PeerState::Down; }

    void set_listener(PeerListener& listener) { listener_ = &listener; }
    const std::string& name() const noexcept { return name_; }
    bool owns(const sip::FlowInfo& from) const;
    PeerSnapshot snapshot() const;

private:
    Peer(std::string name, const TrunkConfig& config, sip::Uri uri, const Environment& environment);

    std::string us() const;
    Status locate();
    void on_located(Result<std::vector<sip::FlowTarget>> answer);
    void judge(PeerState state, std::string_view why);
    bool is_watched() const noexcept { return options_interval_ > net::Duration::zero(); }

    // Requests::Owner
    bool found() const override { return located_; }
    std::optional<sip::FlowTarget> choose(const std::vector<sip::FlowTarget>& tried) const override;
    void on_no_answer(const sip::FlowTarget& target, sip::TxFailure why) override;

    // Health::Owner
    std::vector<sip::FlowTarget> watched() const override;
    sip::Builder options() const override;
    void on_there(const sip::FlowTarget& target) override;
    void on_missing(const sip::FlowTarget& target, std::string_view why) override;

    const std::string name_;
    const sip::Uri uri_;
    const std::string local_; // host:port
    const net::Duration options_interval_;
    Environment environment_;

    Targets targets_;
    bool located_ = false; // the first search is over
    std::unique_ptr<sip::Locate> search_;
    net::Timer search_timer_;
    PeerState state_ = PeerState::Unknown;
    std::string why_;
    net::WallTime since_;
    PeerListener* listener_ = nullptr;
    Health health_;
    Requests requests_;
};

} // namespace wakeline::trunk
