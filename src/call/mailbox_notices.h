// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "call/relayed_request.h"

namespace wakeline::call {

/// What a PBX tells of a mailbox without a subscription (NOTIFY with Event message-summary, RFC 3842): for
/// every device of the user. Who is asleep is told the last of it when he wakes (SBC-MWI-03); the PBX need
/// not wait for that.
class MailboxNotices final : public Outgoing::User {
public:
    explicit MailboxNotices(Context& context) : context_(context) {}
    ~MailboxNotices();
    MailboxNotices(const MailboxNotices&) = delete;
    MailboxNotices& operator=(const MailboxNotices&) = delete;

    static bool is_one(const sip::Message& request);

    /// `notice` has the words for phones, but for the Call-ID: each device has its own.
    void tell(const std::vector<registrar::Binding>& devices, const Translated& notice);
    void on_registered(const registrar::Binding& binding);
    void on_removed(registrar::BindingId device) { untold_.erase(device); }
    /// Devices that have something to hear.
    std::size_t size() const noexcept { return untold_.size(); }

    void on_response(Outgoing& request, const sip::Message& response) override;
    void on_failure(Outgoing& request, sip::TxFailure why) override;

private:
    struct Untold {
        Translated notice;
        std::unique_ptr<Outgoing> delivery;
    };

    void send(Untold& untold, const registrar::Binding& device);
    Context& context_;
    std::unordered_map<registrar::BindingId, Untold> untold_;
};

} // namespace wakeline::call
