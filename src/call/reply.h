// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "call/header_policy.h"
#include "sip/transactions.h"

namespace wakeline::call {

/// What it takes to answer a request later: the headers of RFC 3261 8.2.6.2 as text, not the message.
class Reply {
public:
    Reply(sip::ServerTx tx, const sip::Message& request, std::string to_tag);

    /// Those headers; Record-Route too where a dialog begins (12.1.1).
    sip::Builder build(int status, std::string_view reason = {}) const;
    bool send(sip::Transactions& transactions, int status, std::string_view reason = {}) const;
    bool send(sip::Transactions& transactions, int status, std::string_view reason,
              const Relayed& relayed) const;

    sip::ServerTx tx() const noexcept { return tx_; }
    std::uint32_t cseq() const noexcept { return cseq_; }
    const std::string& method() const noexcept { return method_; }

private:
    sip::ServerTx tx_;
    std::vector<std::string> vias_, record_routes_;
    std::string from_, to_, call_id_, method_;
    std::uint32_t cseq_;
};

} // namespace wakeline::call
