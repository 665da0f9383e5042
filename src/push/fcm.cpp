// SPDX-License-Identifier: Apache-2.0
#include "push/fcm.h"

#include <algorithm>

#include "push/credential_file.h"
#include "push/fcm_answer.h"
#include "push/hosts.h"

namespace wakeline::push {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLongestToken = 4096;

std::string origin_of(const std::string& uri) {
    return uri.substr(0, uri.find('/', std::string_view("https://").size()));
}

bool is_number(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view advice(const WakeResult& result) {
    const std::string_view reason = result.reason;
    if (reason.starts_with("no access token"))
        return "check service_account of this app (was the key revoked?) and this machine's clock";
    if (reason == "SENDER_ID_MISMATCH") return "phones registered with tokens of another Firebase project";
    if (reason == "THIRD_PARTY_AUTH_ERROR")
        return "the Firebase project's own credentials are bad: see its console";
    if (reason == "PERMISSION_DENIED" || result.status == 403)
        return "the service account may not send: give it the role Firebase Cloud Messaging API Admin";
    if (result.status == 404) return "check project_id in service_account";
    if (result.status == 401) return "check service_account of this app and this machine's clock";
    return "look up the reason in Google's documentation; this may be a mistake of Wakeline";
}

Result<std::unique_ptr<http::Client>> make_client(const AppContext& context, std::string origin,
                                                  const AppConfig& config) {
    http::Client::Options options;
    options.origin = std::move(origin);
    options.ca = config.ca;
    options.proxy = config.proxy;
    return http::Client::create(context.library, context.loop, std::move(options));
}

} // namespace

std::string Fcm::endpoint(const AppConfig& config) {
    return config.endpoint.empty() ? std::string(kFcm) : config.endpoint;
}

Result<std::unique_ptr<App>> Fcm::create(const AppContext& context, std::string name, AppConfig config) {
    const std::string file = "service_account " + config.service_account + " ";
    const auto text = read_credential_file(config.service_account);
    if (!text) return Error{text.error().code, file + text.error().message};
    auto account = ServiceAccount::parse(*text);
    if (!account)
        return Error{account.error().code,
                     file + account.error().message +
                         "; it must be the JSON key of a service account from Firebase"};
    auto key = SigningKey::parse(account->private_key.reveal(), SigningKey::Algorithm::Rs256);
    if (!key) return Error{key.error().code, file + "has a private_key that " + key.error().message};
    auto client = make_client(context, endpoint(config), config);
    if (!client) return Error{client.error().code, "endpoint: " + client.error().message};
    auto token_client = make_client(context, origin_of(account->token_uri), config);
    if (!token_client) return Error{token_client.error().code, file + token_client.error().message};
    return std::unique_ptr<App>(
        std::make_unique<Fcm>(Parts{context.loop, context.log, context.metrics, std::move(*client),
                                    std::move(*token_client), std::move(*account), std::move(*key)},
                              std::move(name), std::move(config)));
}

Fcm::Fcm(Parts parts, std::string name, AppConfig config)
    : timers_(parts.timers), name_(std::move(name)), config_(std::move(config)),
      project_(parts.account.project_id), client_(std::move(parts.client)),
      token_client_(std::move(parts.token_client)), alarm_(parts.log, timers_, name_), back_off_(timers_),
      queue_(timers_, *client_, *this, parts.metrics, parts.log),
      warm_(
          timers_, *client_, [this] { return probe(); },
          [this](const http::Response& response) { on_probed(response); }),
      token_(timers_, *token_client_, parts.account, std::move(parts.key),
             {.minted = [this] { on_minted(); },
              .failed = [this](const WakeResult& why) { on_not_minted(why); }}) {
    credential_.name = "push.apps." + name_ + ".service_account";
    credential_.subject = parts.account.client_email;
}

bool Fcm::serves(const Device& device, WakeKind) const {
    if (device.provider != "fcm") return false;
    // Some phones name the project's number, which the account file does not have.
    if (device.param != project_ && !is_number(device.param)) return false;
    const std::string& token = device.token.reveal();
    return !token.empty() && token.size() <= kLongestToken &&
           std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::optional<WakeResult> Fcm::refuses(const Push&) const {
    if (!back_off_.active(project_)) return std::nullopt;
    WakeResult result;
    result.reason = "Google asked for a pause for this project";
    return result;
}

http::Request Fcm::message(std::string body, const std::string& access_token) const {
    http::Request request;
    request.path = "/v1/projects/" + project_ + "/messages:send";
    request.headers = {"authorization: Bearer " + access_token, "content-type: application/json"};
    request.body = std::move(body);
    return request;
}

http::Request Fcm::request(Push& push) {
    const auto token = token_.current();
    push.credential = token ? token->generation : 0;
    return message(fcm_message(push.device.token.reveal(), push.request, push.name),
                   token ? token->text : "");
}

Verdict Fcm::judge(const Push&, const http::Response& response) {
    if (!response.answered()) {
        Verdict verdict;
        verdict.result.reason = response.error;
        return verdict;
    }
    const Verdict verdict = judge_fcm(response.status, response.body, response.header("retry-after"));
    on_answer(verdict);
    return verdict;
}

void Fcm::on_answer(const Verdict& verdict) {
    warm_.traffic();
    if (verdict.hold.count() > 0) back_off_.hold(project_, verdict.hold);
    const int status = verdict.result.status;
    if (status != 401 && status != 403 && status < 500) credential_.problem.clear();
    if (!verdict.alarm && status < 500) alarm_.clear();
}

bool Fcm::renew_credential(const Push& push) {
    token_.replace(push.credential);
    return true;
}

void Fcm::alarm(const WakeResult& result) {
    alarm_.raise("Google refuses our pushes",
                 result.reason.empty() ? std::to_string(result.status) : result.reason, advice(result));
    const bool no_token = result.reason.starts_with("no access token");
    if (result.outcome != WakeOutcome::Refused || (result.status != 401 && result.status != 403 && !no_token))
        return;
    credential_.problem = result.reason + ": " + std::string(advice(result));
    // Not a matter of one push: whoever holds a call for a phone of this app learns it now.
    if (!no_token) queue_.refuse_all(result);
}

std::optional<http::Request> Fcm::probe() {
    const auto token = token_.current();
    if (!token) return std::nullopt; // on_minted comes
    probed_with_ = token->generation;
    return message(fcm_probe(), token->text);
}

WakeResult Fcm::on_probed(const http::Response& response) {
    if (!response.answered()) {
        alarm_.raise("no connection to the push service", response.error,
                     "check DNS, the way out to port 443, and ca and proxy of this app");
        WakeResult result;
        result.reason = response.error;
        return result;
    }
    Verdict verdict = judge_fcm(response.status, response.body, response.header("retry-after"));
    // The probe's token is no device's: that this is all Google complains about is the good answer.
    if (response.status == 400) verdict.alarm = false;
    on_answer(verdict);
    if (verdict.next == Next::NewCredential)
        token_.replace(probed_with_);
    else if (verdict.alarm)
        alarm(verdict.result);
    if (response.status == 400) verdict.result.outcome = WakeOutcome::Accepted;
    return verdict.result;
}

void Fcm::check(Waker::Finished finished) {
    if (token_.current())
        send_check(finished);
    else
        checks_.push_back(std::move(finished));
}

void Fcm::send_check(const Waker::Finished& finished) {
    auto request = probe();
    if (request)
        client_->send(*std::move(request), {},
                      [this, finished](const http::Response& response) { finished(on_probed(response)); });
}

void Fcm::on_minted() {
    credential_.problem.clear();
    if (client_->status().connections == 0) warm_.probe_now();
    for (const Waker::Finished& finished : std::exchange(checks_, {}))
        send_check(finished);
    queue_.authorized();
}

void Fcm::on_not_minted(const WakeResult& why) {
    if (why.outcome == WakeOutcome::Refused)
        alarm(why);
    else
        alarm_.raise("no connection to the token endpoint", why.reason,
                     "check DNS, the way out to port 443, and ca and proxy of this app");
    for (const Waker::Finished& finished : std::exchange(checks_, {}))
        finished(why);
    queue_.unauthorized(why);
}

AppStatus Fcm::status() const {
    const http::Client::Status connection = client_->status();
    AppStatus status;
    status.name = name_;
    status.provider = Provider::Fcm;
    status.service = "fcm";
    status.endpoint = endpoint(config_);
    status.connections = connection.connections;
    status.ready = connection.proven && token_.made().has_value() && alarm_.reason().empty();
    status.problem = alarm_.reason();
    status.credential_made = token_.made().value_or(net::WallTime{});
    status.credential = credential_;
    queue_.show(status);
    return status;
}

} // namespace wakeline::push
