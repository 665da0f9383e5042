// SPDX-License-Identifier: Apache-2.0
#include "registrar/upstream_exchange.h"

#include <unordered_map>
#include <utility>

namespace wakeline::registrar {

class UpstreamExchange::Hop final : public sip::NextHop::Handler {
public:
    Hop(UpstreamExchange& exchange, sip::NextHop& hop) : exchange_(exchange), hop_(hop) {}
    ~Hop() {
        for (const auto& [request, waiting] : waiting_)
            hop_.forget(request);
    }
    Hop(const Hop&) = delete;
    Hop& operator=(const Hop&) = delete;

    void send(Id id, sip::Builder builder) {
        const auto request = hop_.send(std::move(builder), *this);
        auto& waiting =
            *waiting_.emplace(request, std::make_unique<Waiting>(exchange_.timers_, id)).first->second;
        waiting.patience.arm(kPatience, [this, request] {
            hop_.forget(request);
            on_failure(request, sip::TxFailure::Timeout);
        });
    }

    void on_response(sip::HopRequest request, sip::FlowId, const sip::Message& response) override {
        if (response.status() < 200) return;
        if (const auto node = waiting_.extract(request); !node.empty())
            exchange_.owner_.on_upstream_answer(node.mapped()->id, response);
    }
    void on_failure(sip::HopRequest request, sip::TxFailure why) override {
        if (const auto node = waiting_.extract(request); !node.empty())
            exchange_.owner_.on_upstream_failure(node.mapped()->id, why);
    }
    void on_sent(sip::HopRequest, sip::FlowId, sip::ClientTx) override {}

private:
    struct Waiting {
        Waiting(net::TimerQueue& timers, Id owner_id) : id(owner_id), patience(timers) {}
        Id id;
        net::Timer patience;
    };

    UpstreamExchange& exchange_;
    sip::NextHop& hop_;
    std::unordered_map<sip::HopRequest, std::unique_ptr<Waiting>> waiting_;
};

UpstreamExchange::UpstreamExchange(net::TimerQueue& timers, Owner& owner) : timers_(timers), owner_(owner) {}
UpstreamExchange::~UpstreamExchange() = default;

void UpstreamExchange::send(Id id, sip::NextHop& hop, sip::Builder request) {
    auto& known = hops_[&hop];
    if (!known) known = std::make_unique<Hop>(*this, hop);
    known->send(id, std::move(request));
}

} // namespace wakeline::registrar
