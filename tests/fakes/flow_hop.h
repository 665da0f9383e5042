// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "sip/next_hop.h"
#include "trunk/peers.h"

namespace wakeline::test {

/// A next hop that is one flow: real client transactions, so that a test sees complete messages.
class FlowHop final : public trunk::Trunk, private sip::ResponseHandler {
public:
    FlowHop(sip::Transactions& transactions, std::string_view uri, std::string name = "pbx")
        : transactions_(transactions), name_(std::move(name)), uri_(*sip::Uri::parse(uri)) {}

    sip::FlowId flow = 0;
    std::string contact = "192.0.2.1:5080;transport=udp";
    bool up = true;

    sip::HopRequest send(sip::Builder request, Handler& handler) override {
        const sip::ClientTx tx = transactions_.send(flow, std::move(request), *this);
        handlers_[tx] = &handler;
        return tx;
    }
    void cancel(sip::HopRequest invite, std::string_view reason) override {
        transactions_.cancel(invite, reason);
    }
    void forget(sip::HopRequest request) override {
        handlers_.erase(request);
        transactions_.forget(request);
    }
    const sip::Uri& uri() const override { return uri_; }
    std::string contact_host() const override { return contact; }
    bool available() const override { return up; }
    const std::string& name() const override { return name_; }
    trunk::Lines& lines() override { return lines_; }
    bool leaves_on(int status) const override { return status == 503; }
    net::Duration call_response() const override { return std::chrono::seconds(6); }
    net::Duration ringing() const override { return rings; }
    /// `prefix` goes before every number towards the PBX, and is taken away from those that come.
    std::string number(trunk::RuleDirection direction, trunk::RuleField,
                       std::string_view number) const override {
        if (prefix.empty()) return std::string(number);
        if (direction == trunk::RuleDirection::ToPbx) return prefix + std::string(number);
        return std::string(number.starts_with(prefix) ? number.substr(prefix.size()) : number);
    }
    bool internet() const override { return via_internet; }
    bool authorize(const sip::Message&, sip::Builder& request) const override {
        if (password) request.add("Proxy-Authorization", "Digest ours");
        return password;
    }

    net::Duration rings{};
    std::string prefix;                          // of numbers at that PBX
    bool via_internet = false, password = false; // of our registration there

private:
    void on_response(sip::ClientTx tx, const sip::Message& response) override {
        if (const auto at = handlers_.find(tx); at != handlers_.end())
            at->second->on_response(tx, flow, response);
    }
    void on_failure(sip::ClientTx tx, sip::TxFailure why) override {
        if (const auto node = handlers_.extract(tx)) node.mapped()->on_failure(tx, why);
    }

    sip::Transactions& transactions_;
    std::string name_;
    trunk::Lines lines_;
    sip::Uri uri_;
    std::map<sip::HopRequest, Handler*> handlers_;
};

/// One PBX, known by its address.
class FakePeers final : public trunk::Peers {
public:
    explicit FakePeers(trunk::Trunk& pbx) : pbx_(pbx) {}

    net::SocketAddress address; // of the PBX
    bool configured = true;
    std::vector<trunk::Trunk*> others; // tried after it

    std::vector<trunk::Trunk*> choose(const trunk::Wanted& wanted) override {
        std::vector<trunk::Trunk*> all =
            configured ? std::vector<trunk::Trunk*>{&pbx_} : std::vector<trunk::Trunk*>{};
        all.insert(all.end(), others.begin(), others.end());
        std::ranges::stable_sort(
            all, {}, [&](const trunk::Trunk* trunk) { return trunk->name() != wanted.granted_by; });
        return all;
    }
    trunk::Trunk* find(std::string_view name) override {
        for (trunk::Trunk* trunk : choose({}))
            if (trunk->name() == name) return trunk;
        return nullptr;
    }
    std::vector<std::string> hosts() const override { return {pbx_.uri().host}; }
    std::string match(const sip::FlowInfo& from) const override {
        return from.remote.same_ip(address) ? "pbx" : "";
    }
    std::vector<trunk::PeerSnapshot> snapshot() const override { return {}; }

private:
    trunk::Trunk& pbx_;
};

} // namespace wakeline::test
