// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fakes/sip_text.h"
#include "sip/message.h"
#include "sip/transport.h"

namespace wakeline::test {

/// A message as a test writes it: lines may end in LF, may start indented, and Content-Length is added. The
/// body follows the first empty line. A complete message (with CRLFs) stays as it is.
inline std::string wire(std::string_view text) {
    if (text.find("\r\n\r\n") != std::string_view::npos) return std::string(text);
    std::string head, body;
    bool in_body = false;
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
            line.remove_suffix(1);
        while (!line.empty() && line.front() == ' ')
            line.remove_prefix(1);
        if (!in_body && line.empty()) {
            if (!head.empty()) in_body = true;
            continue;
        }
        (in_body ? body : head).append(line).append("\r\n");
    }
    return head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// What a test wrote, read by the parser that reads everything.
inline sip::Message message(std::string_view text) { return parsed(wire(text)); }

/// The other end of every flow: keeps what was sent, hands in what the test says arrived.
class FakeTransport final : public sip::Transport {
public:
    struct Sent {
        sip::FlowId flow = 0;
        std::string text;

        std::string first_line() const { return text.substr(0, text.find('\r')); }
        /// The value of the first header of that name, or "-". Long names only.
        std::string header(const std::string& name) const {
            const auto at = text.find("\r\n" + name + ": ");
            if (at == std::string::npos) return "-";
            const auto from = at + name.size() + 4;
            return text.substr(from, text.find("\r\n", from) - from);
        }
        std::string body() const { return text.substr(text.find("\r\n\r\n") + 4); }
        std::string branch() const {
            const std::string via = header("Via");
            const auto at = via.find(";branch=") + 8;
            return via.substr(at, via.find_first_of(";,", at) - at);
        }
        sip::Message message() const { return parsed(text); }
    };

    /// Who hears what arrives and what closes; set once, before anything happens.
    void attach(sip::TransportUser& user) { user_ = &user; }

    /// A flow that exists, as if the other end had opened it.
    sip::FlowId add(sip::TransportKind kind, sip::Side side, std::string_view remote) {
        sip::FlowInfo info;
        info.kind = kind;
        info.side = side;
        info.listener = side == sip::Side::Access ? "access" : "trunk";
        info.local = *net::SocketAddress::parse("192.0.2.1:5060");
        info.remote = *net::SocketAddress::parse(remote);
        info.sent_by = info.local.str();
        return add(std::move(info));
    }
    sip::FlowId add(sip::FlowInfo info) {
        flows_.emplace(++last_flow_, std::move(info));
        return last_flow_;
    }

    /// A message arrives on a flow.
    void receive(sip::FlowId flow, std::string_view text) { user_->on_message(flow, message(text)); }
    /// The other end closes it, or it could not be opened.
    void disconnect(sip::FlowId flow, std::string_view why = "closed by peer") {
        if (flows_.erase(flow) > 0) user_->on_flow_closed(flow, why);
    }

    bool send(sip::FlowId flow, std::string text) override {
        if (!flows_.contains(flow) || full) return false;
        sent.push_back({flow, std::move(text)});
        return true;
    }
    sip::FlowId open(const sip::FlowTarget& target, sip::Side side) override {
        for (const auto& [id, info] : flows_)
            if (info.kind == target.kind && info.side == side && info.remote == target.remote) return id;
        opened.push_back(target);
        return add(target.kind, side, target.remote.str());
    }
    void close(sip::FlowId flow) override {
        if (flows_.erase(flow) > 0) closed.push_back(flow);
    }
    const sip::FlowInfo* info(sip::FlowId flow) const override {
        const auto found = flows_.find(flow);
        return found == flows_.end() ? nullptr : &found->second;
    }

    /// The oldest message that was sent and not looked at yet; the test fails when there is none.
    Sent take() {
        if (sent.empty()) {
            FAIL("nothing was sent");
            return {};
        }
        Sent first = std::move(sent.front());
        sent.pop_front();
        return first;
    }
    /// The first lines of everything sent and not looked at, one a line.
    std::string take_lines() {
        std::string lines;
        while (!sent.empty())
            lines += (lines.empty() ? "" : "\n") + take().first_line();
        return lines;
    }

    std::deque<Sent> sent;
    std::vector<sip::FlowTarget> opened;
    std::vector<sip::FlowId> closed;
    bool full = false; // every queue is full: nothing can be sent

private:
    sip::TransportUser* user_ = nullptr;
    std::map<sip::FlowId, sip::FlowInfo> flows_;
    sip::FlowId last_flow_ = 0;
};

} // namespace wakeline::test
