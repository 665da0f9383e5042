// SPDX-License-Identifier: Apache-2.0
#include "push/apns.h"

#include "base/random.h"
#include "push/apns_answer.h"
#include "push/apns_device.h"
#include "push/credential_file.h"
#include "push/fingerprint.h"

namespace wakeline::push {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kProduction = "https://api.push.apple.com";
constexpr std::string_view kSandbox = "https://api.sandbox.push.apple.com";

/// No device has it. Pushed to once for each connection, it makes Apple check our token and open the
/// connection for many streams, before a call needs it.
const std::string kNoDevice(64, '0');

/// How Apple is told what kind of push it is.
struct Shape {
    const char* topic_end;
    const char* type;
    const char* priority;
};

Shape shape_of(WakeKind kind) {
    switch (kind) {
    case WakeKind::Call: return {".voip", "voip", "10"};
    case WakeKind::Message: return {"", "alert", "10"};
    case WakeKind::CallEnded: return {"", "background", "5"}; // Apple takes no other priority
    }
    return {".voip", "voip", "10"};
}

std::string_view advice(const WakeResult& result) {
    const std::string_view reason = result.reason;
    if (reason == "InvalidProviderToken")
        return "check key, key_id and team_id of this app, and this machine's clock";
    if (reason == "ExpiredProviderToken") return "check this machine's clock (NTP)";
    if (reason == "BadEnvironmentKeyIdInToken") return "the key is for the other environment: check sandbox";
    if (reason == "UnrelatedKeyIdInToken")
        return "the key does not belong to this team or topic: check key and key_id";
    if (reason == "TopicDisallowed" || reason == "BadTopic" || reason == "MissingTopic")
        return "check bundle_id of this app, and that the key may be used for it";
    if (reason == "TooManyProviderTokenUpdates")
        return "another program uses a key of this team and renews its tokens too often";
    return "look up the reason in Apple's documentation; this may be a mistake of Wakeline";
}

} // namespace

std::string Apns::endpoint(const AppConfig& config) {
    if (!config.endpoint.empty()) return config.endpoint;
    return std::string(config.sandbox ? kSandbox : kProduction);
}

Result<std::unique_ptr<App>> Apns::create(const AppContext& context, std::string name, AppConfig config) {
    for (const auto& [setting, value] : {std::pair{"key_id", &config.key_id},
                                         {"team_id", &config.team_id},
                                         {"bundle_id", &config.bundle_id}})
        if (value->empty() || value->find_first_of("\"\\ /") != std::string::npos)
            return Error{ErrorCode::InvalidInput,
                         std::string(setting) + " is missing or has a character that no " + setting + " has"};
    if (config.endpoint.ends_with(":2195"))
        return Error{ErrorCode::InvalidInput,
                     "endpoint: port 2195 was the old binary service, which ended in "
                     "2021; use 443 or 2197"};
    const auto pem = read_credential_file(config.key);
    if (!pem) return Error{pem.error().code, "key " + config.key + " " + pem.error().message};
    auto key = SigningKey::parse(*pem, SigningKey::Algorithm::Es256);
    if (!key)
        return Error{key.error().code,
                     "key " + config.key + " " + key.error().message +
                         "; it must be the AuthKey_<key id>.p8 from Apple's developer site"};
    http::Client::Options options;
    options.origin = endpoint(config);
    options.ca = config.ca;
    options.proves = proves;
    auto client = http::Client::create(context.library, context.loop, std::move(options));
    if (!client) return Error{client.error().code, "endpoint: " + client.error().message};
    return std::unique_ptr<App>(std::make_unique<Apns>(
        Parts{context.loop, context.log, context.metrics, std::move(*client), std::move(*key)},
        std::move(name), std::move(config)));
}

Apns::Apns(Parts parts, std::string name, AppConfig config)
    : timers_(parts.timers), name_(std::move(name)), config_(std::move(config)),
      client_(std::move(parts.client)),
      token_(timers_, std::move(parts.key), config_.key_id, config_.team_id),
      alarm_(parts.log, timers_, name_), back_off_(timers_),
      queue_(timers_, *client_, *this, parts.metrics, parts.log),
      warm_(
          timers_, *client_,
          [this] {
              Push push = probe();
              return std::optional(request(push));
          },
          [this](const http::Response& response) { on_probed(response); }) {}

bool Apns::serves(const Device& device, WakeKind kind) const {
    const auto apple = ApnsDevice::parse(device);
    return apple && !apple->token(kind).empty() && apple->bundle == config_.bundle_id &&
           (apple->team.empty() || apple->team == config_.team_id) && (!apple->sandbox || config_.sandbox);
}

void Apns::wake(WakeId id, const Device& device, const WakeRequest& request, Waker::Sent sent,
                Waker::Finished finished) {
    Device plain = device;
    if (const auto apple = ApnsDevice::parse(device)) plain.token = Secret(apple->token(request.kind));
    queue_.wake(id, std::move(plain), request, std::move(sent), std::move(finished));
}

bool Apns::proves(const http::Response& response) {
    switch (response.status) {
    case 200:
    case 400:
    case 410:
    case 413:
    case 429: return true;
    default: return false;
    }
}

std::optional<WakeResult> Apns::refuses(const Push& push) const {
    if (!back_off_.active(push.device.token.reveal())) return std::nullopt;
    WakeResult result;
    result.reason = "TooManyRequests: Apple asked for a pause for this device";
    return result;
}

http::Request Apns::request(Push& push) {
    const ApnsToken::Current token = token_.current();
    push.credential = token.generation;
    const auto expiration =
        std::chrono::duration_cast<std::chrono::seconds>(push.request.deadline.time_since_epoch());
    const Shape shape = shape_of(push.request.kind);
    http::Request request;
    request.path = "/3/device/" + push.device.token.reveal();
    request.body = apns_payload(push.request, push.name);
    request.headers = {
        "authorization: bearer " + token.text,
        "apns-topic: " + config_.bundle_id + shape.topic_end,
        std::string("apns-push-type: ") + shape.type,
        std::string("apns-priority: ") + shape.priority,
        "apns-expiration: " + std::to_string(expiration.count()),
        "apns-id: " + push.message_id,
        // The same for all pushes of a call: a repeated one replaces the first.
        "apns-collapse-id: " + fingerprint(push.request.call, 32),
        "content-type: application/json",
    };
    return request;
}

Verdict Apns::judge(const Push& push, const http::Response& response) {
    if (!response.answered()) {
        Verdict verdict;
        verdict.result.reason = response.error;
        return verdict;
    }
    Verdict verdict = judge_apns(response.status, response.body);
    on_answer(response, verdict);
    verdict.result.message_id = response.header("apns-id").substr(0, 64);
    if (verdict.hold.count() > 0) back_off_.hold(push.device.token.reveal(), verdict.hold);
    if (verdict.result.reason == "TooManyProviderTokenUpdates") token_.freeze();
    return verdict;
}

bool Apns::renew_credential(const Push& push) { return token_.replace(push.credential); }

void Apns::alarm(const WakeResult& result) {
    alarm_.raise("Apple refuses our pushes",
                 result.reason.empty() ? std::to_string(result.status) : result.reason, advice(result));
    // Not a matter of one push: whoever holds a call for a phone of this app learns it now.
    if (result.outcome == WakeOutcome::Refused && (result.status == 401 || result.status == 403))
        queue_.refuse_all(result);
}

void Apns::on_answer(const http::Response& response, const Verdict& verdict) {
    warm_.traffic();
    if (proves(response) && !verdict.alarm) alarm_.clear();
}

Push Apns::probe() const {
    Push push;
    push.device.token = Secret(kNoDevice);
    push.request.call = "probe";
    push.request.uuid = push.message_id = random_uuid();
    push.request.deadline = timers_.wall_now() + 1min;
    return push;
}

void Apns::on_probed(const http::Response& response) {
    if (!response.answered()) {
        alarm_.raise("no connection to the push service", response.error,
                     "check DNS, the way out to port 443, and ca of this app");
        return;
    }
    const Verdict verdict = judge_apns(response.status, response.body);
    on_answer(response, verdict);
    if (verdict.next == Next::NewCredential)
        static_cast<void>(token_.replace(token_.current().generation));
    else if (verdict.alarm)
        alarm(verdict.result);
}

AppStatus Apns::status() const {
    const http::Client::Status connection = client_->status();
    const WakeQueue::Tally& tally = queue_.tally();
    AppStatus status;
    status.name = name_;
    status.provider = Provider::Apns;
    status.endpoint = endpoint(config_);
    status.connections = connection.connections;
    status.ready = connection.proven;
    status.problem = alarm_.reason();
    status.credential_made = token_.made().value_or(net::WallTime{});
    status.last_status = tally.last.status;
    status.last_reason = tally.last.reason;
    status.last_answer = tally.last_at;
    status.under_way = queue_.size();
    status.accepted = tally.accepted;
    status.token_dead = tally.token_dead;
    status.refused = tally.refused;
    status.unavailable = tally.unavailable;
    return status;
}

} // namespace wakeline::push
