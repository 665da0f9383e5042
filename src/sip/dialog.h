// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sip/builder.h"
#include "sip/transport.h"

namespace wakeline::sip {

/// The names of a dialog as we see it (RFC 3261 section 12).
struct DialogId {
    std::string call_id, local_tag, remote_tag;
    bool operator==(const DialogId&) const = default;
};

/// What one side of a dialog must remember (RFC 3261 12.1): strings and numbers, no message, no socket.
class Dialog {
public:
    /// As UAS, from the request and the tag that we give (12.1.1).
    static Dialog from_request(const Message& request, std::string local_tag, FlowId flow,
                               std::string local_contact);
    /// As UAC, from our request and a 101-299 answer with a To tag (12.1.2).
    static Dialog from_response(const Builder& request, const Message& response, FlowId flow,
                                std::string local_contact);

    const DialogId& id() const noexcept { return id_; }
    FlowId flow() const noexcept { return flow_; }
    void set_flow(FlowId flow) { flow_ = flow; } // the phone came back on another connection
    const Uri& remote_target() const noexcept { return remote_target_; }
    const NameAddr& local() const noexcept { return local_; }
    const NameAddr& remote() const noexcept { return remote_; }

    /// A request inside the dialog: next CSeq, route set, Contact, Max-Forwards (12.2.1.1).
    Builder request(std::string_view method);
    /// The ACK of the 2xx to the INVITE with that CSeq number.
    Builder ack(std::uint32_t invite_cseq) const;

    enum class Check { Good, OutOfOrder };
    /// RFC 3261 12.2.2: a lower CSeq is answered 500. Takes the new remote target of a target refresh
    /// request.
    Check accept(const Message& request);
    /// The new remote target of a 2xx to a target refresh request of ours.
    void refresh_target(const Message& response);

private:
    Dialog() = default;

    DialogId id_;
    NameAddr local_, remote_; // without tags
    Uri remote_target_;
    std::vector<std::string> route_set_;
    std::string local_contact_;
    std::uint32_t local_cseq_ = 0;
    std::optional<std::uint32_t> remote_cseq_;
    FlowId flow_ = 0;
};

} // namespace wakeline::sip

template <>
struct std::hash<wakeline::sip::DialogId> {
    std::size_t operator()(const wakeline::sip::DialogId& id) const noexcept {
        const std::hash<std::string> of;
        return of(id.call_id) ^ of(id.local_tag) * 3 ^ of(id.remote_tag) * 5;
    }
};
