// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
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
    /// As UAS, from the request and the tag that we give (12.1.1). `local_contact` is the value of our
    /// Contact header, `<sip:...>`.
    static Dialog from_request(const Message& request, std::string local_tag, FlowId flow,
                               std::string local_contact);
    /// As UAC, from our request and a 101-299 answer with a To tag (12.1.2).
    static Dialog from_response(const Builder& request, const Message& response, FlowId flow,
                                std::string local_contact);

    const DialogId& id() const noexcept { return id_; }
    FlowId flow() const noexcept { return flow_; }
    /// The phone came back on another connection; our Contact there may be another one.
    void set_flow(FlowId flow) { flow_ = flow; }
    void set_local_contact(std::string contact) { local_contact_ = std::move(contact); }
    const Uri& remote_target() const noexcept { return remote_target_; }
    /// Without its tag.
    NameAddr remote() const;

    /// A request inside the dialog, but ACK: next CSeq, route set, Max-Forwards, and Contact where the method
    /// has one (12.2.1.1).
    Builder request(std::string_view method);
    /// The same request once more, as a new one: next CSeq. For an answer that asks for another form of it.
    Builder again(const Builder& request);
    /// The ACK of the 2xx to the INVITE with that CSeq number. If it is the INVITE that made the dialog, the
    /// ACK has its credentials, as 13.2.2.4 asks; a caller with others replaces them by `set`.
    Builder ack(std::uint32_t invite_cseq) const;

    enum class Check { Good, OutOfOrder };
    /// RFC 3261 12.2.2: a lower CSeq is answered 500. Takes the new remote target of a target refresh
    /// request.
    Check accept(const Message& request);
    /// The 2xx to the INVITE that made the dialog while it was early: its route set counts (13.2.2.4).
    void confirm(const Message& response);
    /// The new remote target of a 2xx to a target refresh request of ours.
    void refresh_target(const Message& response);

private:
    struct Header {
        std::string name, value;
    };

    Dialog() = default;
    Builder start(std::string_view method, std::uint32_t cseq) const;

    DialogId id_;
    std::string local_, remote_; // as on the wire, without tags: a fifth of the parsed ones's memory
    Uri remote_target_;
    std::vector<std::string> route_set_;
    std::string local_contact_;
    std::uint32_t local_cseq_ = 0;
    std::optional<std::uint32_t> remote_cseq_;
    std::vector<Header> credentials_; // of the INVITE with the CSeq below
    std::uint32_t first_cseq_ = 0;
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
