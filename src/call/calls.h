// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "call/context.h"
#include "call/phone_access.h"
#include "call/subscribers.h"

namespace wakeline::call {

/// The calls of one shard, as the daemon and the administrator see them. Everything that arrives by SIP comes
/// in here.
class Calls final : public sip::RequestHandler,
                    public registrar::BindingListener,
                    public media::MediaSessions::Listener {
public:
    Calls(const Services& services, CallConfig config, PhoneAccess& phones);
    ~Calls();
    Calls(const Calls&) = delete;
    Calls& operator=(const Calls&) = delete;

    /// What may change while it runs; calls under way keep their timers.
    void configure(const HoldConfig& hold, const LimitsConfig& limits, const CallRules& rules);
    /// Who hunts users who are called from now on, and where.
    void configure(Routing routing, const RingPlanConfig& plan, Subscribers::Map subscribers);
    /// False when there is no such call.
    bool end_call(std::string_view id, const std::string& why);
    /// New calls get 503 from now on; the others go on.
    void drain();
    /// Because we stop: BYE, and 503 where nobody has answered yet.
    void end_all(const std::string& why);

    /// Calls that have not ended, without media statistics.
    std::vector<CallRecord> snapshot() const;
    /// One of them, with the statistics of now; an error when there is none. Answers on the loop.
    void inspect(std::string_view id, std::function<void(Result<CallRecord>)> callback) const;
    std::size_t count() const;
    std::size_t held() const;
    /// Whether that user has a call.
    bool busy(const std::string& aor) const;

    void on_request(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) override;
    void on_cancel(sip::ServerTx invite, const sip::Message& cancel) override;
    void on_ack(sip::FlowId flow, const sip::Message& ack) override;
    void on_answer_lost(sip::ServerTx tx, sip::TxFailure why) override;
    void on_flow_closed(sip::FlowId flow, std::string_view why) override;

    void on_registered(const registrar::Binding& binding) override;
    void on_removed(const registrar::Binding& binding, std::string_view why) override;
    void on_media_timeout(media::MediaId id) override;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace wakeline::call
