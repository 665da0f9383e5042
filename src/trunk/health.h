// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "trunk/environment.h"

namespace wakeline::trunk {

/// Asks every address of a peer by OPTIONS whether it is there, each `interval`. Any final answer means yes,
/// but for 408 and 503; none within `patience` means no.
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

    struct Pace {
        net::Duration interval, patience;
    };

    Health(const Environment& environment, Owner& owner, Pace pace);
    ~Health();

    /// Asks now, and from the first time on in the same rhythm; an address that has not answered yet is not
    /// asked again. Does nothing with an interval of 0.
    void ask();

private:
    void on_response(sip::ClientTx tx, const sip::Message& response) override;
    void on_failure(sip::ClientTx tx, sip::TxFailure why) override;
    void missing(sip::ClientTx tx, const std::string& why);
    bool waiting_for(const sip::FlowTarget& target) const;
    void end_waits();

    struct Asked {
        sip::FlowTarget target;
        net::TimePoint until;
    };

    Environment environment_;
    Owner& owner_;
    const Pace pace_;
    std::unordered_map<sip::ClientTx, Asked> asked_;
    net::Timer timer_, patience_;
};

} // namespace wakeline::trunk
