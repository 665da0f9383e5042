// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/resolver.h"

namespace wakeline::test {

/// DNS that knows what the test wrote into it, and answers when the test says so. Names that nobody wrote do
/// not exist; numeric text is its own address.
class FakeResolver final : public net::Resolver {
public:
    QueryId naptr(const std::string& name, Answer<net::NaptrRecord> answer) override {
        return ask("NAPTR " + name, [this, name, answer] { answer(find(naptrs, name)); });
    }
    QueryId srv(const std::string& name, Answer<net::SrvRecord> answer) override {
        return ask("SRV " + name, [this, name, answer] { answer(find(srvs, name)); });
    }
    QueryId addresses(const std::string& name, Answer<net::SocketAddress> answer) override {
        return ask("A " + name, [this, name, answer] {
            if (const auto numeric = net::SocketAddress::parse(name, 0)) return answer(std::vector{*numeric});
            answer(find(hosts, name));
        });
    }
    void cancel(QueryId id) override { waiting_.erase(id); }

    /// Adds addresses of a name, in the order in which they are answered.
    void host(const std::string& name, std::initializer_list<const char*> ips) {
        for (const char* ip : ips)
            hosts[name].push_back(*net::SocketAddress::parse(ip, 0));
    }

    /// Answers everything asked, and what that leads to.
    void run() {
        while (!waiting_.empty())
            waiting_.extract(waiting_.begin()).mapped()();
    }
    /// The questions since the last call, separated by commas.
    std::string take_asked() { return std::exchange(asked_, {}); }
    std::size_t waiting() const noexcept { return waiting_.size(); }

    std::map<std::string, std::vector<net::NaptrRecord>> naptrs;
    std::map<std::string, std::vector<net::SrvRecord>> srvs;
    std::map<std::string, std::vector<net::SocketAddress>> hosts;
    bool dead = false; // no server answers

private:
    QueryId ask(const std::string& question, std::function<void()> reply) {
        asked_ += (asked_.empty() ? "" : ", ") + question;
        waiting_.emplace(++last_, std::move(reply));
        return last_;
    }
    template <class T>
    Result<std::vector<T>> find(const std::map<std::string, std::vector<T>>& in, const std::string& name) {
        if (dead) return Error{ErrorCode::Timeout, "no DNS server answered for " + name};
        const auto found = in.find(name);
        if (found == in.end()) return Error{ErrorCode::NotFound, "no such record: " + name};
        return found->second;
    }

    std::map<QueryId, std::function<void()>> waiting_;
    std::string asked_;
    QueryId last_ = 0;
};

} // namespace wakeline::test
