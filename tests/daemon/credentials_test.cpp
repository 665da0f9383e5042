// SPDX-License-Identifier: Apache-2.0
#include "daemon/credentials.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "daemon/credential_files.h"
#include "fakes/fake_timers.h"
#include "fakes/pki.h"

using namespace wakeline;
using namespace wakeline::daemon;
using namespace std::chrono_literals;
using std::chrono::days;

namespace {

struct LineSink final : Log::Sink {
    std::vector<std::string> lines;
    void write(Severity severity, std::string_view line) override {
        lines.push_back((severity == Severity::Error     ? "error "
                         : severity == Severity::Warning ? "warning "
                                                         : "info ") +
                        std::string(line));
    }
};

/// One push credential in the hands of the test; no files.
struct Fixture {
    test::FakeTimers timers;
    LineSink sink;
    Log log{sink, LogLevel::Max};
    Metrics metrics;
    net::Credential push;
    Credentials credentials{timers, log, metrics, [this] { return std::vector{push}; }};

    Fixture() {
        push.name = "push.apps.ios.certificate";
        push.subject = "CN = VoIP Services";
    }
    std::int64_t metric(std::string_view labels) const {
        for (const Metrics::Sample& sample : metrics.snapshot())
            if (sample.info.name.starts_with("wakeline_daemon_credential") && sample.info.labels == labels)
                return sample.value;
        return -2;
    }
};

std::string state_in(const std::vector<net::Credential>& all, std::string_view name, net::WallTime now) {
    const auto found = std::ranges::find(all, name, &net::Credential::name);
    return found == all.end() ? "none" : std::string(net::word(net::state_of(*found, now)));
}

} // namespace

TEST_SUITE_BEGIN("daemon/credentials");

TEST_CASE_FIXTURE(Fixture,
                  "an expiry is announced 30 days ahead, then daily, more urgent from the tenth day on") {
    // proves: SBC-TLS-13
    push.expires = timers.wall_now() + days(31) + 1h;
    credentials.read({});
    CHECK(sink.lines.empty());
    CHECK(metric(R"({state="active"})") == 1);
    CHECK(metric("") == 31);
    timers.advance(25h);
    REQUIRE(sink.lines.size() == 1);
    CHECK(sink.lines[0].starts_with("warning a certificate expires soon: renew it"));
    CHECK(sink.lines[0].find("setting=push.apps.ios.certificate") != std::string::npos);
    CHECK(sink.lines[0].find("days_left=30") != std::string::npos);
    CHECK(metric(R"({state="expiring"})") == 1);
    timers.advance(24h * 19);
    CHECK(sink.lines.size() == 20);
    timers.advance(24h * 2);
    CHECK(sink.lines.back().starts_with("error a certificate expires very soon"));
    timers.advance(24h * 10);
    CHECK(sink.lines.back().starts_with("error a certificate has expired"));
    CHECK(metric("") == 0);
    const std::size_t lines = sink.lines.size();
    push.expires = timers.wall_now() + days(365);
    credentials.read({});
    REQUIRE(sink.lines.size() == lines + 1);
    CHECK(sink.lines.back().starts_with("info a certificate or key has a new state"));
    timers.advance(24h * 3);
    CHECK(sink.lines.size() == lines + 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "what a push service refuses is invalid, said once a day until it is taken again") {
    credentials.read({});
    push.problem = "InvalidProviderToken: check key, key_id and team_id";
    timers.advance(1h);
    REQUIRE(sink.lines.size() == 1);
    CHECK(sink.lines[0].starts_with("error a certificate or key cannot be used"));
    CHECK(sink.lines[0].find("InvalidProviderToken") != std::string::npos);
    CHECK(metric(R"({state="invalid"})") == 1);
    timers.advance(24h);
    CHECK(sink.lines.size() == 2);
    push.problem.clear();
    timers.advance(1h);
    CHECK(sink.lines.size() == 3);
    CHECK(metric(R"({state="active"})") == 1);
}

TEST_CASE("every certificate file of the configuration is read, and one that cannot be says why") {
    // proves: SBC-TLS-12
    const test::Pki pki;
    const test::Pki::Authority root(pki, "root"), below(pki, "below", &root);
    const auto soon = below.issue({.valid_to_days = 9});
    config::Config config;
    config.certificates["public"].chain = soon.chain;
    config.certificates["mutual"] = {.chain = soon.chain, .client_ca = root.file()};
    config.certificates["lost"].chain = "/nonexistent.pem";
    config.certificates["wrong"].chain = soon.key;
    config.trunks["pbx"].ca = root.file();
    config.push.apps["ios"].ca = root.file();
    const auto all = read_credentials(config);
    const auto now = std::chrono::system_clock::now();
    CHECK(all.size() == 7);
    CHECK(state_in(all, "certificates.public.chain", now) == "expiring");
    CHECK(state_in(all, "certificates.mutual.client_ca", now) == "expiring"); // 30 days
    CHECK(state_in(all, "certificates.lost.chain", now) == "invalid");
    CHECK(state_in(all, "certificates.wrong.chain", now) == "invalid");
    CHECK(state_in(all, "trunks.pbx.ca", now - days(5)) == "invalid"); // a clock that is wrong
    CHECK(state_in(all, "push.apps.ios.ca", now + days(31)) == "expired");
    config.push.enabled = false;
    CHECK(read_credentials(config).size() == 6);
}

TEST_CASE("a push service without any app is not set") {
    push::AppStatus app;
    app.provider = push::Provider::Apns;
    app.credential.name = "push.apps.ios.key";
    const auto all = push_credentials({app});
    REQUIRE(all.size() == 2);
    CHECK(state_in(all, "push.apps.ios.key", {}) == "active");
    CHECK(state_in(all, "push.apps (fcm)", {}) == "not set");
}

TEST_SUITE_END();
