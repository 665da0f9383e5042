// SPDX-License-Identifier: Apache-2.0
#include "push/webhook.h"

#include <algorithm>

#include "base/json_text.h"
#include "base/random.h"
#include "push/credential_file.h"
#include "push/signature.h"
#include "push/webhook_answer.h"

namespace wakeline::push {

namespace {

constexpr std::size_t kConnections = 8; // to a service that speaks HTTP/1.1
constexpr std::size_t kLongestToken = 4096;

/// "https://host:port/path?query" has its path after the host.
std::size_t path_at(const std::string& url) {
    return std::min(url.find('/', url.find("//") + 2), url.size());
}

std::string path_of(const std::string& url) {
    std::string path = url.substr(path_at(url));
    return path.empty() ? "/" : path;
}

std::string_view advice(const WakeResult& result) {
    if (result.status == 401 || result.status == 403)
        return "the service does not accept the signature: compare secret_file and both machines' clocks";
    return "see what the service at url logs about our requests";
}

} // namespace

Result<std::unique_ptr<App>> Webhook::create(const AppContext& context, std::string name, AppConfig config) {
    if (config.pn_provider.empty()) return Error{ErrorCode::InvalidInput, "pn_provider is missing"};
    auto secret = read_secret_file(config.secret_file);
    if (!secret)
        return Error{secret.error().code, "secret_file " + config.secret_file + " " + secret.error().message};
    if (secret->empty()) return Error{ErrorCode::InvalidInput, "secret_file is missing"};
    http::Client::Options options;
    options.origin = config.url.substr(0, path_at(config.url));
    options.ca = config.ca;
    if (!options.origin.starts_with("http:"))
        options.proxy = config.proxy; // what is on this machine needs none
    options.connections = kConnections;
    options.one_first = false;
    auto client = http::Client::create(context.library, context.loop, std::move(options));
    if (!client) return Error{client.error().code, "url: " + client.error().message};
    return std::unique_ptr<App>(std::make_unique<Webhook>(
        Parts{context.loop, context.log, context.metrics, *std::move(client), *std::move(secret)},
        std::move(name), std::move(config)));
}

Webhook::Webhook(Parts parts, std::string name, AppConfig config)
    : timers_(parts.timers), name_(std::move(name)), config_(std::move(config)), path_(path_of(config_.url)),
      secret_(std::move(parts.secret)), client_(std::move(parts.client)), alarm_(parts.log, timers_, name_),
      back_off_(timers_), queue_(timers_, *client_, *this, parts.metrics, parts.log) {
    credential_.name = "push.apps." + name_ + ".secret_file";
}

bool Webhook::serves(const Device& device, WakeKind) const {
    const std::string& token = device.token.reveal();
    return device.provider == config_.pn_provider &&
           (config_.pn_param.empty() || device.param == config_.pn_param) && !token.empty() &&
           token.size() <= kLongestToken;
}

http::Request Webhook::post(std::string body, const std::string& id) const {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(timers_.wall_now().time_since_epoch());
    const std::string timestamp = std::to_string(now.count());
    http::Request request;
    request.path = path_;
    request.headers = {
        "content-type: application/json",
        "wakeline-id: " + id,
        "wakeline-timestamp: " + timestamp,
        "wakeline-signature: " + sign_webhook(secret_, timestamp, body),
    };
    request.body = std::move(body);
    return request;
}

http::Request Webhook::request(Push& push) {
    return post(webhook_body(push.device, push.message_id, push.request, push.name), push.message_id);
}

Verdict Webhook::judge(const Push&, const http::Response& response) {
    Verdict verdict;
    if (!response.answered()) {
        verdict.result.reason = response.error;
        return verdict;
    }
    verdict = judge_webhook(response.status, response.header("retry-after"));
    // What it did not ask for is not asked of the other wakes.
    if (!response.header("retry-after").empty() && verdict.hold.count() > 0)
        back_off_.hold(name_, verdict.hold);
    if (verdict.alarm || verdict.next != Next::Finish) return verdict;
    credential_.problem.clear();
    alarm_.clear();
    return verdict;
}

void Webhook::alarm(const WakeResult& result) {
    alarm_.raise("the webhook refuses our pushes", result.reason, advice(result));
    if (result.status != 401 && result.status != 403) return;
    credential_.problem = result.reason + ": " + std::string(advice(result));
    // Not a matter of one push: whoever holds a call for a phone of this app learns it now.
    queue_.refuse_all(result);
}

void Webhook::check(Waker::Finished finished) {
    const std::string id = random_uuid();
    JsonText body;
    body.open().text("id", id).text("kind", "check").close();
    client_->send(post(body.take(), id), {},
                  [this, finished = std::move(finished)](const http::Response& response) {
                      const Verdict verdict = judge({}, response);
                      if (verdict.alarm) alarm(verdict.result);
                      finished(verdict.result);
                  });
}

AppStatus Webhook::status() const {
    const http::Client::Status connection = client_->status();
    AppStatus status;
    status.name = name_;
    status.provider = Provider::Webhook;
    status.service = config_.pn_provider;
    status.endpoint = config_.url.substr(0, path_at(config_.url)); // the rest may be a secret
    status.connections = connection.connections;
    status.ready = connection.proven && alarm_.reason().empty();
    status.problem = alarm_.reason();
    status.credential = credential_;
    queue_.show(status);
    return status;
}

} // namespace wakeline::push
