// SPDX-License-Identifier: Apache-2.0
#include "simulation/agent.h"

#include "fakes/sip_text.h"
#include "sip/reason.h"

namespace wakeline::simulation {

namespace {

using namespace std::chrono_literals;

constexpr net::Duration kT1 = 500ms, kT2 = 4s, kTimeout = 32s;

void add_lines(std::string& text, std::string_view lines) {
    const auto body = text.find("\r\nContent-Type: ");
    const auto length = text.find("\r\nContent-Length: ");
    text.insert(std::min(body, length) + 2, lines);
}

} // namespace

std::string Agent::text_of(const Ask& request, const std::string& branch) const {
    std::string text = test::sip_request({.method = request.method,
                                          .uri = request.uri,
                                          .from = request.from,
                                          .to = request.to,
                                          .call_id = request.call_id,
                                          .cseq = request.cseq,
                                          .via = "SIP/2.0/" + sent_by() + ";branch=" + branch + ";rport",
                                          .contact = request.contact,
                                          .body = request.sdp});
    if (!request.more.empty()) add_lines(text, request.more);
    return text;
}

std::string Agent::ask(sip::FlowId flow, const Ask& request) {
    if (network_.info(flow) == nullptr) return {};
    const std::string branch = "z9hG4bK-" + name_ + "-" + std::to_string(++branches_);
    start(flow, request, branch);
    return branch;
}

void Agent::ask_cancel(sip::FlowId flow, const Ask& invite, const std::string& branch) {
    if (network_.info(flow) == nullptr) return;
    Ask cancel = invite;
    cancel.method = "CANCEL";
    cancel.contact.clear();
    cancel.more.clear();
    cancel.sdp.clear();
    start(flow, cancel, branch);
}

void Agent::send_ack(sip::FlowId flow, const Ask& ack) {
    const std::string branch = "z9hG4bK-" + name_ + "-" + std::to_string(++branches_);
    network_.send_to_daemon(flow, text_of(ack, branch));
}

void Agent::start(sip::FlowId flow, const Ask& request, const std::string& branch) {
    const Key key(branch, request.method);
    Asked& asked = asked_.try_emplace(key, scene_.timers).first->second;
    asked.flow = flow;
    asked.request = request;
    asked.text = text_of(request, branch);
    asked.until = scene_.timers.now() + kTimeout;
    asked.interval = kT1;
    network_.send_to_daemon(flow, asked.text);
    wait(asked, key);
}

void Agent::wait(Asked& asked, const Key& key) {
    const net::Duration left = asked.until - scene_.timers.now();
    const bool invite = asked.request.method == "INVITE";
    if (invite && asked.heard) return;
    const bool repeats = uses_datagrams();
    asked.timer.arm(repeats ? std::min(asked.interval, left) : left, [this, key] {
        Asked& late = asked_.at(key);
        if (scene_.timers.now() >= late.until) {
            asked_.erase(key);
            return on_no_answer(key.first, key.second);
        }
        network_.send_to_daemon(late.flow, late.text);
        late.interval = key.second == "INVITE" ? late.interval * 2 : std::min(late.interval * 2, kT2);
        wait(late, key);
    });
}

void Agent::answer(sip::FlowId flow, const sip::Message& request, const Answer& answer) {
    std::string text = test::sip_response(request, {.status = answer.status,
                                                    .reason = sip::default_reason(answer.status),
                                                    .to_tag = answer.to_tag,
                                                    .contact = answer.contact,
                                                    .body = answer.sdp});
    if (!answer.more.empty()) add_lines(text, answer.more);
    answered_[{std::string(request.top_via().branch), std::string(request.method())}] = text;
    network_.send_to_daemon(flow, std::move(text));
}

void Agent::repeat_answer(sip::FlowId flow, const sip::Message& request) {
    network_.send_to_daemon(
        flow, answered_.at({std::string(request.top_via().branch), std::string(request.method())}));
}

void Agent::on_message(sip::FlowId flow, const Received& message) {
    if (deaf()) return;
    if (message->is_response()) return take_answer(message);
    take_request(flow, message);
}

void Agent::take_answer(const Received& response) {
    const Key key(response->top_via().branch, response->cseq().method);
    const auto at = asked_.find(key);
    const int status = response->status();
    if (at == asked_.end()) return on_answer(key.first, response); // a 2xx again, or nothing of ours
    Asked& asked = at->second;
    if (key.second == "INVITE" && status >= 300) {
        Ask ack = asked.request;
        ack.method = "ACK";
        ack.to = *response->header("To");
        ack.contact.clear();
        ack.sdp.clear();
        ack.more.clear();
        network_.send_to_daemon(asked.flow, text_of(ack, key.first));
    }
    asked.heard = true;
    if (status >= 200) {
        // A failure that comes again has its ACK again; for the others it is over.
        if (key.second != "INVITE" || status < 300)
            asked_.erase(at);
        else
            asked.timer.cancel();
    } else {
        asked.interval = kT2;
        if (key.second == "INVITE") asked.timer.cancel();
    }
    on_answer(key.first, response);
}

void Agent::take_request(sip::FlowId flow, const Received& request) {
    if (request->method() == "ACK") return on_request(flow, request);
    const Key key(request->top_via().branch, request->method());
    if (const auto at = answered_.find(key); at != answered_.end()) {
        if (!at->second.empty()) network_.send_to_daemon(flow, at->second);
        return;
    }
    answered_.emplace(key, std::string());
    on_request(flow, request);
}

} // namespace wakeline::simulation
