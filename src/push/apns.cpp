// SPDX-License-Identifier: Apache-2.0
#include "push/apns.h"

#include "base/random.h"
#include "push/apns_answer.h"
#include "push/apns_device.h"
#include "push/client_certificate.h"
#include "push/credential_file.h"
#include "push/fingerprint.h"

namespace wakeline::push {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kProduction = "https://api.push.apple.com";
constexpr std::string_view kSandbox = "https://api.sandbox.push.apple.com";
constexpr std::string_view kRetired = ":2195"; // of the binary service that ended in 2021

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

/// One of the two ways to show Apple who we are, from its file.
struct Shown {
    std::optional<SigningKey> key;
    net::Credential about;
};

Error at(const std::string& setting, const std::string& file, const Error& error) {
    return {error.code, setting + ' ' + file + ' ' + error.message};
}

Result<Shown> load_key(const AppConfig& config) {
    for (const auto& [setting, value] : {std::pair{"key_id", &config.key_id},
                                         {"team_id", &config.team_id},
                                         {"bundle_id", &config.bundle_id}})
        if (value->empty() || value->find_first_of("\"\\ /") != std::string::npos)
            return Error{ErrorCode::InvalidInput,
                         std::string(setting) + " is missing or has a character that no " + setting + " has"};
    const auto pem = read_credential_file(config.key);
    if (!pem) return at("key", config.key, pem.error());
    auto key = SigningKey::parse(*pem, SigningKey::Algorithm::Es256);
    if (!key) {
        Error error = at("key", config.key, key.error());
        error.message += "; it must be the AuthKey_<key id>.p8 from Apple's developer site";
        return error;
    }
    Shown shown{*std::move(key), {}};
    shown.about.subject = "key " + config.key_id + " of team " + config.team_id;
    return shown;
}

Result<Shown> load_certificate(const AppConfig& config, http::Client::Options& options) {
    const auto passphrase = read_secret_file(config.passphrase_file);
    if (!passphrase) return at("passphrase_file", config.passphrase_file, passphrase.error());
    const auto file = read_credential_file(config.certificate);
    if (!file) return at("certificate", config.certificate, file.error());
    auto certificate = ClientCertificate::parse(*file, *passphrase);
    if (!certificate) return at("certificate", config.certificate, certificate.error());
    options.certificate = std::move(certificate->chain);
    options.certificate_key = std::move(certificate->key);
    return Shown{std::nullopt, std::move(certificate->about)};
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

std::string Apns::endpoint(const AppConfig& config) {
    std::string_view endpoint = config.endpoint;
    if (endpoint.ends_with(kRetired)) endpoint.remove_suffix(kRetired.size());
    if (!endpoint.empty()) return std::string(endpoint);
    const std::string host(config.sandbox ? kSandbox : kProduction);
    return config.port == 2197 ? host + ":2197" : host;
}

Result<std::unique_ptr<App>> Apns::create(const AppContext& context, std::string name, AppConfig config) {
    http::Client::Options options;
    options.origin = endpoint(config);
    options.ca = config.ca;
    options.proxy = config.proxy;
    options.proves = proves;
    auto credential = config.certificate.empty() ? load_key(config) : load_certificate(config, options);
    if (!credential) return credential.error();
    auto client = http::Client::create(context.library, context.loop, std::move(options));
    if (!client) return Error{client.error().code, "endpoint: " + client.error().message};
    return std::unique_ptr<App>(
        std::make_unique<Apns>(Parts{context.loop, context.log, context.metrics, std::move(*client),
                                     std::move(credential->key), std::move(credential->about)},
                               std::move(name), std::move(config)));
}

Apns::Apns(Parts parts, std::string name, AppConfig config)
    : timers_(parts.timers), name_(std::move(name)), config_(std::move(config)),
      client_(std::move(parts.client)), credential_(std::move(parts.credential)),
      alarm_(parts.log, timers_, name_), back_off_(timers_),
      queue_(timers_, *client_, *this, parts.metrics, parts.log),
      warm_(
          timers_, *client_, [this] { return std::optional(probe()); },
          [this](const http::Response& response) { on_probed(response); }) {
    if (parts.key) token_.emplace(timers_, *std::move(parts.key), config_.key_id, config_.team_id);
    credential_.name = "push.apps." + name_ + (token_ ? ".key" : ".certificate");
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
    if (!token_) return request;
    const ApnsToken::Current token = token_->current();
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
    if (verdict.result.reason == "TooManyProviderTokenUpdates" && token_) token_->freeze();
    return verdict;
}

bool Apns::renew_credential(const Push& push) { return token_ && token_->replace(push.credential); }

void Apns::alarm(const WakeResult& result) {
    alarm_.raise("Apple refuses our pushes",
                 result.reason.empty() ? std::to_string(result.status) : result.reason, advice(result));
    if (result.outcome != WakeOutcome::Refused || (result.status != 401 && result.status != 403)) return;
    credential_.problem = result.reason + ": " + std::string(advice(result));
    // Not a matter of one push: whoever holds a call for a phone of this app learns it now.
    queue_.refuse_all(result);
}

void Apns::on_answer(const http::Response& response, const Verdict& verdict) {
    warm_.traffic();
    if (!proves(response)) return;
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
    if (verdict.next == Next::NewCredential && token_)
        static_cast<void>(token_->replace(token_->current().generation));
    else if (verdict.alarm)
        alarm(verdict.result);
    result = verdict.result;
    // That no device has the token is all that Apple may complain about.
    if (result.reason == "BadDeviceToken") result.outcome = WakeOutcome::Accepted;
    return result;
}

void Apns::check(Waker::Finished finished) {
    client_->send(probe(), {}, [this, finished = std::move(finished)](const http::Response& response) {
        finished(on_probed(response));
    });
}

AppStatus Apns::status() const {
    const http::Client::Status connection = client_->status();
    AppStatus status;
    status.name = name_;
    status.provider = Provider::Apns;
    status.service = "apns";
    status.endpoint = endpoint(config_);
    status.connections = connection.connections;
    status.ready = connection.proven && alarm_.reason().empty();
    status.problem = alarm_.reason();
    status.credential = credential_;
    if (token_) status.credential_made = token_->made().value_or(net::WallTime{});
    queue_.show(status);
    return status;
}

} // namespace wakeline::push
