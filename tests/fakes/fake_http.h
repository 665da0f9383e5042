// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "http/client.h"

namespace wakeline::test {

/// An HTTP client in the hands of the test: it remembers what was to be sent, and answers when told to.
class FakeHttp final : public http::Client {
public:
    struct Asked {
        RequestId id;
        http::Request request;

        /// The value of a header, or nothing.
        std::string header(const std::string& name) const {
            for (const std::string& line : request.headers)
                if (line.starts_with(name + ": ")) return line.substr(name.size() + 2);
            return {};
        }
    };
    std::vector<Asked> asked; // every request, in order
    std::vector<RequestId> cancelled;
    Events events;
    Status now{
        .connections = 1, .running = 0, .waiting = 0, .proven = true, .opened = 1}; // what `status` says

    RequestId send(http::Request request, Sent sent, Done done) override {
        asked.push_back({++last_id_, std::move(request)});
        open_.emplace(last_id_, std::pair{std::move(sent), std::move(done)});
        return last_id_;
    }
    void cancel(RequestId id) override {
        if (open_.erase(id) > 0) cancelled.push_back(id);
    }
    void set_events(Events wanted) override { events = std::move(wanted); }
    Status status() const override { return now; }

    void written(RequestId id) {
        if (const auto it = open_.find(id); it != open_.end())
            if (const Sent sent = std::exchange(it->second.first, {})) sent();
    }
    void answer(RequestId id, int status, std::string body = {},
                std::map<std::string, std::string> headers = {}) {
        http::Response response;
        response.status = status;
        response.body = std::move(body);
        response.headers = {headers.begin(), headers.end()};
        response.epoch = epoch;
        finish(id, response);
    }
    void fail(RequestId id, std::string error, bool timed_out = false) {
        http::Response response;
        response.error = std::move(error);
        response.timed_out = timed_out;
        response.epoch = epoch;
        finish(id, response);
    }

    const Asked& last() const { return asked.back(); }
    bool open(RequestId id) const { return open_.contains(id); }
    std::size_t open_count() const { return open_.size(); }
    std::vector<RequestId> open_ids() const {
        std::vector<RequestId> ids;
        for (const auto& [id, entry] : open_)
            ids.push_back(id);
        return ids;
    }

    http::Epoch epoch = 1; // of the answers to come

private:
    void finish(RequestId id, const http::Response& response) {
        auto node = open_.extract(id);
        if (!node.empty()) node.mapped().second(response);
    }

    std::map<RequestId, std::pair<Sent, Done>> open_;
    RequestId last_id_ = 0;
};

} // namespace wakeline::test
