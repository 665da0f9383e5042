// SPDX-License-Identifier: Apache-2.0
#include "registrar/upstream_exchange.h"

#include <algorithm>
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

    void send(Job job, sip::Builder builder) {
        const net::Duration left = job.until - exchange_.timers_.now();
        const net::Duration patience = std::min(kPatience, left / static_cast<long>(job.ways.size() + 1));
        const auto request = hop_.send(std::move(builder), *this);
        auto& waiting =
            *waiting_.emplace(request, std::make_unique<Waiting>(exchange_.timers_, std::move(job)))
                 .first->second;
        waiting.patience.arm(patience, [this, request] {
            hop_.forget(request);
            on_failure(request, sip::TxFailure::Timeout);
        });
    }

    void on_response(sip::HopRequest request, sip::FlowId, const sip::Message& response) override {
        if (response.status() < 200) return;
        const auto node = waiting_.extract(request);
        if (node.empty()) return;
        Job& job = node.mapped()->job;
        if (!job.ways.empty() && hop_.leaves_on(response.status())) return exchange_.try_next(std::move(job));
        exchange_.owner_.on_upstream_answer(job.id, hop_, response);
    }
    void on_failure(sip::HopRequest request, sip::TxFailure why) override {
        const auto node = waiting_.extract(request);
        if (node.empty()) return;
        Job& job = node.mapped()->job;
        if (!job.ways.empty()) return exchange_.try_next(std::move(job));
        exchange_.owner_.on_upstream_failure(job.id, why);
    }
    void on_sent(sip::HopRequest, sip::FlowId, sip::ClientTx) override {}

private:
    struct Waiting {
        Waiting(net::TimerQueue& timers, Job j) : job(std::move(j)), patience(timers) {}
        Job job;
        net::Timer patience;
    };

    UpstreamExchange& exchange_;
    sip::NextHop& hop_;
    std::unordered_map<sip::HopRequest, std::unique_ptr<Waiting>> waiting_;
};

UpstreamExchange::UpstreamExchange(net::TimerQueue& timers, Owner& owner) : timers_(timers), owner_(owner) {}
UpstreamExchange::~UpstreamExchange() = default;

void UpstreamExchange::send(Id id, std::vector<UpstreamWay> ways) {
    std::ranges::reverse(ways);
    try_next({id, std::move(ways), timers_.now() + kInAll});
}

void UpstreamExchange::try_next(Job job) {
    UpstreamWay way = std::move(job.ways.back());
    job.ways.pop_back();
    auto& known = hops_[way.hop];
    if (!known) known = std::make_unique<Hop>(*this, *way.hop);
    known->send(std::move(job), std::move(way.request));
}

} // namespace wakeline::registrar
