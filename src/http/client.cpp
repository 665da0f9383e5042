// SPDX-License-Identifier: Apache-2.0
#include "http/client.h"

#include <set>

#include "base/text.h"
#include "http/multi.h"
#include "http/transfer.h"
#include "net/deferred.h"

namespace wakeline::http {

namespace {

struct Exchange {
    Exchange(net::EventLoop& loop, Request r, Client::Sent s, Client::Done d)
        : request(std::move(r)), sent(std::move(s)), done(std::move(d)), patience(loop) {}

    Request request;
    Client::Sent sent;
    Client::Done done;
    net::Timer patience;
    net::TimePoint started{};
    Epoch epoch = 0;
    std::unique_ptr<Transfer> transfer; // null: waiting
};

/// What leaves this machine is encrypted.
bool may_be_plain(std::string_view origin) {
    for (const std::string_view host : {"http://127.0.0.1", "http://localhost", "http://[::1]"})
        if (istarts_with(origin, host) && (origin.size() == host.size() || origin[host.size()] == ':'))
            return true;
    return false;
}

Response failure(std::string error) {
    Response response;
    response.error = std::move(error);
    return response;
}

class MultiClient final : public Client, private Multi::User {
public:
    MultiClient(const Library& library, net::EventLoop& loop, Options options)
        : library_(library), loop_(loop), options_(std::move(options)), after_turn_(loop),
          multi_(library, loop,
                 {.connections = static_cast<long>(options_.connections),
                  .streams = static_cast<long>(options_.max_streams)},
                 *this) {}
    ~MultiClient() override;

    RequestId send(Request request, Sent sent, Done done) override;
    void cancel(RequestId id) override;
    void set_events(Events events) override { events_ = std::move(events); }
    Status status() const override;

private:
    void on_finished(CURL* easy, CURLcode code) override;
    void on_turn() override;
    void on_stirred() override;
    std::string resolved() const;

    /// Also false when libcurl has opened another connection since.
    bool proven() const { return multi_.connections() > 0 && proven_by_ == multi_.opened(); }
    void start_waiting();
    void start(RequestId id, Exchange& exchange);
    void give_up_connection();
    void give_up(RequestId id);
    void tell_sent(RequestId id);
    void report(RequestId id, const Response& response);
    void fail_waiting(const std::string& error);
    void remove(RequestId id);

    const Library& library_;
    net::EventLoop& loop_;
    const Options options_;
    Events events_;
    net::Deferred after_turn_;
    std::map<RequestId, std::unique_ptr<Exchange>> exchanges_;
    std::set<RequestId> waiting_; // oldest first
    std::map<CURL*, RequestId> running_;
    std::vector<RequestId> unsent_; // running, body not written yet
    RequestId last_id_ = 0;
    Epoch epoch_ = 1;
    net::TimePoint last_answer_{};
    std::uint64_t proven_by_ = 0; // connections opened when an answer last proved one
    bool connected_ = false;
    Multi multi_;
};

MultiClient::~MultiClient() {
    for (const auto& [easy, id] : running_)
        multi_.remove(easy);
}

Client::RequestId MultiClient::send(Request request, Sent sent, Done done) {
    const RequestId id = ++last_id_;
    const bool full = waiting_.size() >= options_.max_waiting;
    auto& exchange = *exchanges_
                          .emplace(id, std::make_unique<Exchange>(loop_, std::move(request), std::move(sent),
                                                                  std::move(done)))
                          .first->second;
    if (full) {
        const Response refused = failure("too many requests wait for " + options_.origin);
        exchange.patience.arm({}, [this, id, refused] { report(id, refused); });
        return id;
    }
    exchange.patience.arm(exchange.request.timeout, [this, id] { give_up(id); });
    waiting_.insert(id);
    start_waiting();
    return id;
}

void MultiClient::cancel(RequestId id) {
    remove(id);
    // What waits may start, but not inside a call of the user's.
    after_turn_.arm([this] { on_turn(); });
}

Client::Status MultiClient::status() const {
    return {.connections = multi_.connections(),
            .running = running_.size(),
            .waiting = waiting_.size(),
            .proven = proven(),
            .opened = multi_.opened()};
}

void MultiClient::start_waiting() {
    while (!waiting_.empty()) {
        const bool many = proven() || !options_.one_first;
        if (running_.size() >= (many ? options_.max_streams : 1)) return;
        const RequestId id = *waiting_.begin();
        waiting_.erase(waiting_.begin());
        start(id, *exchanges_.at(id));
    }
}

/// As CURLOPT_RESOLVE wants it.
std::string MultiClient::resolved() const {
    if (!options_.proxy.empty()) return {}; // the proxy looks it up
    std::string_view place = options_.origin;
    place.remove_prefix(std::min(place.size(), place.find("://") + 3));
    const auto colon = place.find(':', place.starts_with('[') ? place.find(']') : 0);
    const std::string host(place.substr(0, colon));
    const std::string addresses = library_.addresses(host);
    if (addresses.empty()) return {};
    const std::string port = colon == std::string_view::npos
                                 ? (options_.origin.starts_with("http:") ? "80" : "443")
                                 : std::string(place.substr(colon + 1));
    return host + ':' + port + ':' + addresses;
}

void MultiClient::start(RequestId id, Exchange& exchange) {
    if (exchange.request.avoid == epoch_) give_up_connection();
    exchange.started = loop_.now();
    exchange.epoch = epoch_;
    exchange.transfer = std::make_unique<Transfer>(exchange.request, options_, resolved());
    running_.emplace(exchange.transfer->easy(), id);
    if (exchange.sent) unsent_.push_back(id);
    multi_.add(exchange.transfer->easy());
}

/// libcurl keeps using a connection that is silently dead, and so would every later request time out. Shut
/// down, it is at an end for libcurl too, and what was under way on it is repeated on a new one.
void MultiClient::give_up_connection() {
    ++epoch_;
    proven_by_ = 0;
    multi_.break_connections();
}

void MultiClient::give_up(RequestId id) {
    const Exchange& exchange = *exchanges_.at(id);
    const bool ran = exchange.transfer != nullptr;
    const bool silent = ran && last_answer_ < exchange.started && exchange.epoch == epoch_;
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(exchange.request.timeout).count();
    Response late = failure((ran ? "no answer from " : "no connection to ") + options_.origin + " within " +
                            std::to_string(ms) + " ms");
    late.timed_out = true;
    late.epoch = exchange.epoch;
    if (silent) give_up_connection();
    report(id, late);
    on_turn();
}

void MultiClient::on_finished(CURL* easy, CURLcode code) {
    const auto it = running_.find(easy);
    if (it == running_.end()) return;
    const RequestId id = it->second;
    Exchange& exchange = *exchanges_.at(id);
    Response response = exchange.transfer->finish(code);
    response.epoch = exchange.epoch;
    if (response.answered()) {
        last_answer_ = loop_.now();
        connected_ = true;
        if (exchange.epoch == epoch_ && (!options_.proves || options_.proves(response)))
            proven_by_ = multi_.opened();
    } else if (multi_.connections() == 0 && exchange.epoch == epoch_) {
        fail_waiting(response.error); // none of them would fare better now
    }
    if (exchange.transfer->written()) tell_sent(id);
    report(id, response);
}

/// Later, as failures of their own: `report` runs the users' code.
void MultiClient::fail_waiting(const std::string& error) {
    for (const RequestId id : std::exchange(waiting_, {}))
        exchanges_.at(id)->patience.arm({}, [this, id, error] { report(id, failure(error)); });
}

void MultiClient::report(RequestId id, const Response& response) {
    const auto it = exchanges_.find(id);
    if (it == exchanges_.end()) return; // cancelled by what was told before
    const Done done = std::move(it->second->done);
    remove(id);
    done(response);
}

void MultiClient::remove(RequestId id) {
    const auto it = exchanges_.find(id);
    if (it == exchanges_.end()) return;
    if (it->second->transfer) {
        CURL* const easy = it->second->transfer->easy();
        multi_.remove(easy);
        running_.erase(easy);
        std::erase(unsent_, id);
    }
    waiting_.erase(id);
    exchanges_.erase(it);
}

void MultiClient::on_turn() {
    for (const RequestId id : std::vector(unsent_)) {
        const auto it = exchanges_.find(id);
        if (it != exchanges_.end() && it->second->transfer->written()) tell_sent(id);
    }
    start_waiting();
    if (multi_.connections() == 0 && std::exchange(connected_, false) && events_.lost) events_.lost();
}

void MultiClient::tell_sent(RequestId id) {
    if (std::erase(unsent_, id) == 0) return;
    const Sent sent = std::move(exchanges_.at(id)->sent);
    sent();
}

void MultiClient::on_stirred() {
    if (events_.stirred) events_.stirred();
}

} // namespace

Result<std::unique_ptr<Client>> Client::create(const Library& library, net::EventLoop& loop,
                                               Options options) {
    while (options.origin.ends_with('/'))
        options.origin.pop_back();
    if (!istarts_with(options.origin, "https://") && !may_be_plain(options.origin))
        return Error{ErrorCode::InvalidInput, options.origin + " is not an https:// address"};
    return std::unique_ptr<Client>(std::make_unique<MultiClient>(library, loop, std::move(options)));
}

} // namespace wakeline::http
