// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "call/context.h"
#include "call/header_policy.h"
#include "call/outgoing.h"
#include "call/reply.h"
#include "call/succession.h"

namespace wakeline::call {

/// A request outside dialogs in the words of the other side, but for where it goes.
struct Translated {
    std::string method, from, to, call_id, cseq;
    std::uint32_t max_forwards = 70;
    Relayed relayed;

    sip::Builder build(const std::string& uri, std::string_view route, std::string_view contact) const;
};

/// One request without a dialog, until its answer is back. A MESSAGE may wait for a sleeping phone first: its
/// devices are woken, the first that comes gets the MESSAGE, and nobody gets it twice. Whatever happens, who
/// asks has an answer before his Timer F, and never 408 (RFC 4320).
class RelayedRequest final : public Outgoing::User {
public:
    class Owner {
    public:
        /// The last thing that it says. It is destroyed later.
        virtual void on_relayed(RelayedRequest& relayed) = 0;

    protected:
        ~Owner() = default;
    };
    struct Parts {
        Reply reply;
        HeaderPolicy back;
        Translated request;
        std::string aor; // of the phone's user
    };

    RelayedRequest(Context& context, Owner& owner, Parts parts);
    ~RelayedRequest();
    RelayedRequest(const RelayedRequest&) = delete;
    RelayedRequest& operator=(const RelayedRequest&) = delete;

    void send(std::vector<Succession::Way> ways);
    void send(const registrar::Binding& device);
    /// Devices that can be woken for it; `sender` and `text` are shown there.
    void wake(const std::vector<registrar::Binding>& devices, const sip::NameAddr& sender, std::string text);
    bool waiting() const noexcept { return !wakes_.empty(); }
    void on_registered(const registrar::Binding& binding);

    void on_response(Outgoing&, const sip::Message& response) override;
    void on_failure(Outgoing&, sip::TxFailure) override { finish(480, {}, {}); }

private:
    struct Wake {
        registrar::BindingId device = 0;
        push::WakeId id = 0; // 0: the service took it
    };

    void on_pushed(registrar::BindingId device, const push::WakeResult& result);
    void stop_waking();
    void finish(int status, const std::string& reason, const Relayed& relayed);

    Context& context_;
    Owner& owner_;
    Parts parts_;
    std::vector<Wake> wakes_; // while it waits: who may come
    Succession to_pbx_;
    Outgoing outgoing_; // to a device
    bool finished_ = false;
    net::Timer patience_;
};

} // namespace wakeline::call
