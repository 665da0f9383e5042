// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "trunk/environment.h"

namespace wakeline::trunk {

/// Asks every address of a peer by OPTIONS whether it is there, each `interval`. Any final answer means yes,
/// but for 408 and 503.
class Health final : sip::ResponseHandler {
public:
    class Owner {
    public:
        virtual std::vector<sip::FlowTarget> watched() const = 0;
        virtual sip::Builder options() const = 0;
        virtual void on_there(const sip::FlowTarget& target) = 0;
        virtual void on_missing(const sip::FlowTarget& target, std::string_view why) = 0;

    protected:
        ~Owner() = default;
    };

    Health(const Environment& environment, Owner& owner, net::Duration interval);
    ~Health();

    /// Asks now, and from now on; an address that has not answered yet is not asked again. Does nothing with
    /// an interval of 0.
    void ask();

private:
    void on_response(sip::ClientTx tx, const sip::Message& response) override;
    void on_failure(sip::ClientTx tx, sip::TxFailure why) override;
    void missing(sip::ClientTx tx, const std::string& why);
    bool waiting_for(const sip::FlowTarget& target) const;

    Environment environment_;
    Owner& owner_;
    const net::Duration interval_;
    std::unordered_map<sip::ClientTx, sip::FlowTarget> asked_;
    net::Timer timer_;
};

} // namespace wakeline::trunk
