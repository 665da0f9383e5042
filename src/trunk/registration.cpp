// SPDX-License-Identifier: Apache-2.0
#include "trunk/registration.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "base/random.h"
#include "base/text.h"

namespace wakeline::trunk {

namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr unsigned kMostSent = 4;         // challenge, stale nonce, 423: each once
constexpr net::Duration kAfterClose = 1s; // the connection went: once more at once
constexpr seconds kLeastRefresh{10}, kMostExpires{604'800};

seconds in_seconds(std::chrono::milliseconds time) { return std::chrono::duration_cast<seconds>(time); }

std::string clock_time(net::WallTime time) {
    const std::time_t at = std::chrono::system_clock::to_time_t(time);
    std::tm utc{};
    ::gmtime_r(&at, &utc);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%F %T UTC", &utc)};
}

/// What is granted to our Contact: its own word, else the Expires header.
seconds grant(const sip::Message& response, const std::string& user, seconds asked) {
    for (const sip::NameAddr& contact : response.contacts())
        if (contact.uri.user == user)
            if (const auto value = contact.params.get("expires"))
                return seconds(parse_unsigned<std::uint32_t>(*value).value_or(0));
    return response.expires() ? seconds(*response.expires()) : asked;
}

std::string hint(int status) {
    switch (status) {
    case 401:
    case 407: return ": the user name or the password is wrong";
    case 403: return ": user, password or our address are not allowed there";
    case 404: return ": the registrar does not know this user";
    default: return "";
    }
}

} // namespace

Registration::Registration(const Environment& environment, Parts parts)
    : environment_(environment), parts_(std::move(parts)), call_id_(random_token(128)),
      tag_(random_token(64)), digest_(credentials()), expires_(in_seconds(parts_.config.expires)),
      next_(environment.timers) {}

Registration::~Registration() {
    if (request_ != 0) parts_.registrar.forget(request_);
    if (registered()) environment_.metrics.registered.add(-1);
}

sip::DigestClient Registration::credentials() const {
    return {parts_.config.auth_user.empty() ? parts_.config.user : parts_.config.auth_user, parts_.password};
}

/// Each request is challenged for itself: nonces of REGISTERs are the registrar's.
bool Registration::authorize(const sip::Message& challenge, sip::Builder& request) const {
    sip::DigestClient answer = credentials();
    if (!answer.take_challenge(challenge)) return false;
    answer.authorize(request);
    return true;
}

void Registration::start() { ask(); }

void Registration::ask() {
    if (request_ != 0) return;
    next_.cancel();
    sent_ = 0;
    send();
}

std::string Registration::domain() const {
    return parts_.config.domain.empty() ? parts_.registrar.uri().host : parts_.config.domain;
}

void Registration::send() {
    ++sent_;
    const std::string name = "<sip:" + parts_.config.user + '@' + domain() + '>';
    sip::Builder request = sip::Builder::request("REGISTER", "sip:" + domain());
    request.add("From", name + ";tag=" + tag_).add("To", name).add("Call-ID", call_id_);
    request.add("CSeq", std::to_string(++cseq_) + " REGISTER");
    request.add("Contact", "<sip:" + parts_.config.user + '@' + parts_.contact.contact_host() + '>');
    request.add("Expires", std::to_string(expires_.count()));
    digest_.authorize(request);
    request_ = parts_.registrar.send(std::move(request), *this);
}

void Registration::on_response(sip::HopRequest, sip::FlowId flow, const sip::Message& response) {
    if (response.status() < 200) return;
    request_ = 0;
    flow_ = flow;
    if (response.status() < 300) return granted(response);
    if (try_again(response)) return;
    const auto later = parse_unsigned<std::uint32_t>(response.header("Retry-After").value_or(""));
    fail("the registrar answers " + std::to_string(response.status()) + ' ' + std::string(response.reason()) +
             hint(response.status()),
         seconds(std::min<std::uint32_t>(later.value_or(0), 86'400)));
}

bool Registration::try_again(const sip::Message& response) {
    if (sent_ >= kMostSent) return false;
    const int status = response.status();
    if (status == 423) {
        const auto least = parse_unsigned<std::uint32_t>(response.header("Min-Expires").value_or(""));
        if (!least || seconds(*least) <= expires_ || seconds(*least) > kMostExpires) return false;
        expires_ = seconds(*least);
    } else if ((status != 401 && status != 407) || !digest_.take_challenge(response)) {
        return false;
    }
    send();
    return true;
}

void Registration::granted(const sip::Message& response) {
    if (digest_.proves_server(response) == false)
        return fail("the registrar does not prove that it knows the password");
    const seconds lasts = std::min(grant(response, parts_.config.user, expires_), kMostExpires);
    if (lasts <= 0s) return fail("the registrar grants nothing");
    until_ = environment_.timers.wall_now() + lasts;
    failures_ = 0;
    next_.arm(std::max<seconds>(lasts * 4 / 5, std::min(kLeastRefresh, lasts)), [this] { ask(); });
    if (registered()) return;
    state_ = State::Registered;
    environment_.metrics.registered.add();
    environment_.log.info("the trunk is registered",
                          {{"trunk", parts_.trunk}, {"user", user()}, {"at", parts_.registrar.uri().str()}});
}

void Registration::on_failure(sip::HopRequest, sip::TxFailure why) {
    request_ = 0;
    fail(std::string(why == sip::TxFailure::Timeout ? "no answer from " : "no connection to ") +
         parts_.registrar.uri().hostport() +
         ": is the name right, and does the firewall let us out to that port?");
}

/// A grant that still lasts is not given up for one failed refresh.
void Registration::fail(std::string why, net::Duration at_least) {
    environment_.metrics.registrations_failed.add();
    failure_ = std::move(why);
    failed_at_ = environment_.timers.wall_now();
    const auto pause = std::min<net::Duration>(
        parts_.config.retry * (std::uint64_t{1} << std::min(failures_, 20U)), parts_.config.retry_most);
    ++failures_;
    // Up to a tenth more, so that those who failed together do not come back together.
    next_.arm(std::max(at_least, pause + pause / 1000 * static_cast<int>(random_u32() % 100)),
              [this] { ask(); });
    if (registered() && failed_at_ < until_) return;
    if (registered()) environment_.metrics.registered.add(-1);
    if (!failed())
        environment_.log.warning("the trunk is not registered", {{"trunk", parts_.trunk}, {"why", failure_}});
    state_ = State::Failed;
}

void Registration::on_flow_closed(sip::FlowId flow) {
    if (flow == 0 || flow != flow_ || request_ != 0) return;
    flow_ = 0;
    if (registered()) next_.arm(kAfterClose, [this] { ask(); });
}

std::string Registration::in_words() const {
    switch (state_) {
    case State::Unknown: return "not registered yet: no answer so far";
    case State::Registered: return "registered as " + user() + " until " + clock_time(until_);
    case State::Failed: return "not registered: " + failure_;
    }
    return {};
}

} // namespace wakeline::trunk
