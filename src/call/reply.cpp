// SPDX-License-Identifier: Apache-2.0
#include "call/reply.h"

namespace wakeline::call {

Reply::Reply(sip::ServerTx tx, const sip::Message& request, std::string to_tag)
    : tx_(tx), vias_(request.headers("Via")), record_routes_(request.headers("Record-Route")),
      from_(request.header("From").value_or("")), to_(request.header("To").value_or("")),
      call_id_(request.call_id()), method_(request.method()), cseq_(request.cseq().number) {
    if (request.to_tag().empty() && !to_tag.empty()) to_ += ";tag=" + to_tag;
}

sip::Builder Reply::build(int status, std::string_view reason) const {
    sip::Builder response = sip::Builder::response(status, reason);
    for (const auto& via : vias_)
        response.add("Via", via);
    if (status > 100 && status < 300)
        for (const auto& route : record_routes_)
            response.add("Record-Route", route);
    response.add("From", from_).add("To", to_).add("Call-ID", call_id_);
    return response.add("CSeq", std::to_string(cseq_) + ' ' + method_);
}

bool Reply::send(sip::Transactions& transactions, int status, std::string_view reason) const {
    return transactions.respond(tx_, build(status, reason));
}

bool Reply::send(sip::Transactions& transactions, int status, std::string_view reason,
                 const Relayed& relayed) const {
    sip::Builder response = build(status, reason);
    relayed.add_to(response);
    return transactions.respond(tx_, response);
}

} // namespace wakeline::call
