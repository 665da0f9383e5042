// SPDX-License-Identifier: Apache-2.0
#include "sip/dialog.h"

#include <algorithm>
#include <array>

namespace wakeline::sip {

namespace {

std::string without_tag(NameAddr address) {
    address.params.erase("tag");
    return address.str();
}

std::string with_tag(const std::string& address, const std::string& tag) {
    return tag.empty() ? address : address + ";tag=" + tag; // RFC 2543 peers have none
}

/// RFC 3261 table 1: what a Contact or Route may have and a Request-URI may not.
std::string as_request_uri(Uri uri) {
    uri.headers.clear();
    uri.params.erase("method");
    return uri.str();
}

bool contains(std::span<const std::string_view> list, std::string_view method) {
    return std::ranges::find(list, method) != list.end();
}

/// Target refresh requests: RFC 3261 section 12.2, RFC 3311 section 5.1, RFC 6665 section 4, RFC 3515
/// section 2.2. Each has a Contact.
constexpr std::array<std::string_view, 5> kRefreshesTarget{"INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY",
                                                           "REFER"};

std::optional<Uri> first_contact(const Message& message) {
    auto contacts = message.contacts();
    if (contacts.empty()) return std::nullopt;
    return std::move(contacts.front().uri);
}

std::vector<std::string> reversed(std::vector<std::string> routes) {
    std::ranges::reverse(routes);
    return routes;
}

} // namespace

Dialog Dialog::from_request(const Message& request, std::string local_tag, FlowId flow,
                            std::string local_contact) {
    Dialog dialog;
    dialog.id_ = {std::string(request.call_id()), std::move(local_tag), std::string(request.from_tag())};
    dialog.local_ = without_tag(request.to());
    dialog.remote_ = without_tag(request.from());
    dialog.remote_target_ = first_contact(request).value_or(request.from().uri);
    dialog.route_set_ = request.tokens("Record-Route");
    dialog.local_contact_ = std::move(local_contact);
    dialog.remote_cseq_ = request.cseq().number;
    dialog.flow_ = flow;
    return dialog;
}

Dialog Dialog::from_response(const Builder& request, const Message& response, FlowId flow,
                             std::string local_contact) {
    Dialog dialog;
    // Ours are taken from the request: what the peer copied need not be what we wrote.
    const auto from = request.find("From");
    auto local = from ? NameAddr::parse(*from) : response.from();
    const NameAddr ours = local ? std::move(*local) : response.from();
    dialog.id_ = {std::string(request.find("Call-ID").value_or(response.call_id())), std::string(ours.tag()),
                  std::string(response.to_tag())};
    dialog.local_ = without_tag(ours);
    dialog.remote_ = without_tag(response.to());
    auto target = first_contact(response);
    if (!target) // a provisional response need not have one
        if (auto uri = Uri::parse(request.uri())) target = std::move(*uri);
    if (target) dialog.remote_target_ = std::move(*target);
    dialog.route_set_ = reversed(response.tokens("Record-Route"));
    dialog.local_contact_ = std::move(local_contact);
    dialog.local_cseq_ = dialog.first_cseq_ = response.cseq().number;
    for (const char* name : {"Authorization", "Proxy-Authorization"})
        for (std::string& value : request.values(name))
            dialog.credentials_.push_back({name, std::move(value)});
    dialog.flow_ = flow;
    return dialog;
}

Builder Dialog::request(std::string_view method) {
    Builder request = start(method, ++local_cseq_);
    if (contains(kRefreshesTarget, method)) request.add("Contact", local_contact_);
    return request;
}

Builder Dialog::again(const Builder& request) {
    Builder repeated = request;
    repeated.set("CSeq", std::to_string(++local_cseq_) + ' ' + std::string(request.method()));
    return repeated;
}

Builder Dialog::ack(std::uint32_t invite_cseq) const {
    Builder ack = start("ACK", invite_cseq);
    if (invite_cseq == first_cseq_)
        for (const Header& header : credentials_)
            ack.add(header.name, header.value);
    return ack;
}

Dialog::Check Dialog::accept(const Message& request) {
    const std::uint32_t cseq = request.cseq().number;
    if (remote_cseq_ && cseq < *remote_cseq_) return Check::OutOfOrder;
    remote_cseq_ = cseq;
    if (contains(kRefreshesTarget, request.method())) refresh_target(request);
    return Check::Good;
}

void Dialog::confirm(const Message& response) {
    route_set_ = reversed(response.tokens("Record-Route"));
    refresh_target(response);
}

void Dialog::refresh_target(const Message& message) {
    if (auto contact = first_contact(message)) remote_target_ = std::move(*contact);
}

NameAddr Dialog::remote() const {
    auto address = NameAddr::parse(remote_);
    return address ? *std::move(address) : NameAddr{};
}

/// RFC 3261 12.2.1.1. A first route without `lr` is a strict router: it wants to be the Request-URI, and the
/// target last.
Builder Dialog::start(std::string_view method, std::uint32_t cseq) const {
    std::vector<std::string> routes = route_set_;
    std::string uri = as_request_uri(remote_target_);
    if (!routes.empty()) {
        const auto first = NameAddr::parse(routes.front());
        if (first && !first->uri.params.has("lr")) {
            routes.erase(routes.begin());
            routes.push_back("<" + remote_target_.str() + ">");
            uri = as_request_uri(first->uri);
        }
    }
    Builder request = Builder::request(method, uri);
    for (const std::string& route : routes)
        request.add("Route", route);
    return std::move(request.add("Max-Forwards", "70")
                         .add("From", with_tag(local_, id_.local_tag))
                         .add("To", with_tag(remote_, id_.remote_tag))
                         .add("Call-ID", id_.call_id)
                         .add("CSeq", std::to_string(cseq).append(" ").append(method)));
}

} // namespace wakeline::sip
