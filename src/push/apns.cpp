// SPDX-License-Identifier: Apache-2.0
#include "push/apns.h"

#include "base/random.h"
#include "push/apns_answer.h"
#include "push/apns_device.h"
#include "push/apns_teams.h"
#include "push/fingerprint.h"

namespace wakeline::push {

namespace {

using namespace std::chrono_literals;

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
    case WakeKind::CallEnded:
    case WakeKind::Request: return {"", "background", "5"}; // Apple takes no other priority
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
    if (reason == "BadCertificate" || reason == "Forbidden")
        return "Apple does not take the certificate of this app: renew it";
    if (reason == "BadCertificateEnvironment")
        return "the certificate is for the other environment: check sandbox";
    if (reason == "MissingProviderToken")
        return "the certificate was not shown to Apple: is there a proxy that decrypts?";
    if (reason == "TopicDisallowed" || reason == "BadTopic" || reason == "MissingTopic")
        return "check bundle_id of this app, and that the key or certificate may be used for it";
    if (reason == "TooManyProviderTokenUpdates")
        return "another program uses a key of this team and renews its tokens too often";
    return "look up the reason in Apple's documentation; this may be a mistake of Wakeline";
}

} // namespace

Result<std::unique_ptr<App>> Apns::create(const AppContext& context, std::string name, AppConfig config) {
    const std::string& bundle = config.bundle_id;
    if (bundle.empty() || bundle.find_first_of("\"\\ /") != std::string::npos)
        return Error{ErrorCode::InvalidInput,
                     "bundle_id is missing or has a character that no bundle_id has"};
    const auto team = context.teams.team_of(config);
    if (!team) return team.error();
    return std::unique_ptr<App>(std::make_unique<Apns>(
        Parts{context.loop, context.log, context.metrics, **team}, std::move(name), std::move(config)));
}

Apns::Apns(const Parts& parts, std::string name, AppConfig config)
    : timers_(parts.timers), name_(std::move(name)), config_(std::move(config)), team_(parts.team),
      credential_(team_.credential()), alarm_(parts.log, timers_, name_), back_off_(timers_),
      queue_(timers_, team_.client(), *this, parts.metrics, parts.log) {
    credential_.name = "push.apps." + name_ + (team_.token() != nullptr ? ".key" : ".certificate");
    team_.join(*this);
}

Apns::~Apns() {
    team_.leave(*this);
    for (const auto& [number, request] : checks_)
        team_.client().cancel(request);
}

bool Apns::serves(const Device& device, WakeKind kind) const {
    const auto apple = ApnsDevice::parse(device);
    return apple && !apple->token(kind).empty() && apple->bundle == config_.bundle_id &&
           (apple->team.empty() || config_.team_id.empty() || apple->team == config_.team_id) &&
           (!apple->sandbox || config_.sandbox);
}

void Apns::wake(WakeId id, const Device& device, const WakeRequest& request, Waker::Sent sent,
                Waker::Finished finished) {
    Device plain = device;
    if (const auto apple = ApnsDevice::parse(device)) plain.token = Secret(apple->token(request.kind));
    queue_.wake(id, std::move(plain), request, std::move(sent), std::move(finished));
}

std::optional<WakeResult> Apns::refuses(const Push& push) const {
    if (!back_off_.active(push.device.token.reveal())) return std::nullopt;
    WakeResult result;
    result.reason = "TooManyRequests: Apple asked for a pause for this device";
    return result;
}

http::Request Apns::request(Push& push) {
    const auto expiration =
        std::chrono::duration_cast<std::chrono::seconds>(push.request.deadline.time_since_epoch());
    const Shape shape = shape_of(push.request.kind);
    http::Request request;
    request.path = "/3/device/" + push.device.token.reveal();
    request.body = apns_payload(push.request, push.name);
    request.headers = {
        "apns-topic: " + config_.bundle_id + shape.topic_end,
        std::string("apns-push-type: ") + shape.type,
        std::string("apns-priority: ") + shape.priority,
        "apns-expiration: " + std::to_string(expiration.count()),
        "apns-id: " + push.message_id,
        // The same for all pushes of a call: a repeated one replaces the first.
        "apns-collapse-id: " + fingerprint(push.request.call, 32),
        "content-type: application/json",
    };
    if (team_.token() == nullptr) return request;
    const ApnsToken::Current token = team_.token()->current();
    push.credential = token.generation;
    request.headers.push_back("authorization: bearer " + token.text);
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
    if (verdict.result.reason == "TooManyProviderTokenUpdates" && team_.token() != nullptr)
        team_.token()->freeze();
    return verdict;
}

bool Apns::renew_credential(const Push& push) {
    return team_.token() != nullptr && team_.token()->replace(push.credential);
}

void Apns::alarm(const WakeResult& result) {
    alarm_.raise("Apple refuses our pushes",
                 result.reason.empty() ? std::to_string(result.status) : result.reason, advice(result));
    if (result.outcome != WakeOutcome::Refused || (result.status != 401 && result.status != 403)) return;
    credential_.problem = result.reason + ": " + std::string(advice(result));
    // Not a matter of one push: whoever holds a call for a phone of this app learns it now.
    queue_.refuse_all(result);
}

void Apns::on_answer(const http::Response& response, const Verdict& verdict) {
    team_.traffic();
    if (!shows_acceptance(response.status)) return;
    credential_.problem.clear();
    if (!verdict.alarm) alarm_.clear();
}

http::Request Apns::probe() {
    Push push;
    push.device.token = Secret(kNoDevice);
    push.request.call = "probe";
    push.request.uuid = push.message_id = random_uuid();
    push.request.deadline = timers_.wall_now() + 1min;
    return request(push);
}

WakeResult Apns::on_probed(const http::Response& response) {
    WakeResult result;
    if (!response.answered()) {
        alarm_.raise("no connection to the push service", response.error,
                     "check DNS, the way out to the service, and ca and proxy of this app");
        result.reason = response.error;
        return result;
    }
    const Verdict verdict = judge_apns(response.status, response.body);
    on_answer(response, verdict);
    ApnsToken* const token = team_.token();
    if (verdict.next == Next::NewCredential && token != nullptr)
        static_cast<void>(token->replace(token->current().generation));
    else if (verdict.alarm)
        alarm(verdict.result);
    result = verdict.result;
    // That no device has the token is all that Apple may complain about.
    if (result.reason == "BadDeviceToken") result.outcome = WakeOutcome::Accepted;
    return result;
}

void Apns::check(Waker::Finished finished) {
    const std::uint64_t number = ++last_check_;
    checks_[number] = team_.client().send(
        probe(), {}, [this, number, finished = std::move(finished)](const http::Response& response) {
            checks_.erase(number);
            finished(on_probed(response));
        });
}

AppStatus Apns::status() const {
    const http::Client::Status connection = team_.client().status();
    AppStatus status;
    status.name = name_;
    status.provider = Provider::Apns;
    status.service = "apns";
    status.endpoint = ApnsTeams::endpoint(config_);
    status.connections = connection.connections;
    status.ready = connection.proven && alarm_.reason().empty();
    status.problem = alarm_.reason();
    status.credential = credential_;
    if (team_.token() != nullptr) status.credential_made = team_.token()->made().value_or(net::WallTime{});
    queue_.show(status);
    return status;
}

} // namespace wakeline::push
