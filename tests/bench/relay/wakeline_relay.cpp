// SPDX-License-Identifier: Apache-2.0
#include "bench/relay/wakeline_relay.h"

#include <unistd.h>

#include <array>
#include <sstream>

#include "base/assert.h"
#include "base/text.h"
#include "bench/relay/sdp_text.h"
#include "fakes/srtp.h"
#include "media/sessions.h"

namespace wakeline::bench {

using media::CryptoLine;
using media::MediaSide;
using media::SrtpKey;

namespace {

/// The other process's side: does what the lines say.
class Server final : media::MediaSessions::Listener {
public:
    Server(const media::MediaConfig& config, LineChannel& channel)
        : config_(config), channel_(channel), sessions_(config, library_, loop_, log_, metrics_) {
        WAKELINE_ASSERT(sessions_.start(*this).has_value());
    }

    void run() {
        for (auto line = channel_.read(); line; line = channel_.read()) {
            std::istringstream words(*line);
            std::string command;
            Work work;
            words >> command >> work.calls >> work.phone_port >> work.pbx_port;
            if (command == "open")
                for (unsigned call = 0; call < work.calls; ++call)
                    tell(open(work, call));
            if (command == "cycle") cycle(work);
            if (command == "close") close();
            if (!ids_.empty()) wait(ids_.back(), false);
            static_cast<void>(channel_.write("done"));
            static_cast<void>(channel_.flush());
        }
    }

private:
    void on_media_timeout(media::MediaId) override {}

    /// A call from the PBX, which the phone answers.
    Route open(const Work& work, unsigned call) {
        const auto phone = party(call, work.phone_port), pbx = party(call, work.pbx_port);
        ids_.push_back(sessions_.open({.call = "bench", .phone_signalling = phone, .trunk_signalling = pbx}));
        const auto to_phone =
            *read_audio(*sessions_.offer(ids_.back(), MediaSide::Trunk, audio_sdp(pbx, nullptr)));
        Route route{.phone_sends_to = to_phone.address, .pbx_sends_to = {}, .phone_key = {}, .relay_key = {}};
        std::optional<CryptoLine> answered;
        if (to_phone.crypto) {
            route.relay_key = to_phone.crypto->key;
            route.phone_key = SrtpKey::random(to_phone.crypto->key.suite, true);
            answered = CryptoLine::of(to_phone.crypto->tag, *route.phone_key);
        }
        const auto* crypto = answered ? &*answered : nullptr;
        route.pbx_sends_to =
            read_audio(*sessions_.answer(ids_.back(), MediaSide::Phone, audio_sdp(phone, crypto)))->address;
        return route;
    }
    void tell(const Route& route) {
        std::string line = route.phone_sends_to.str() + " " + route.pbx_sends_to.str();
        for (const auto& key : {route.phone_key, route.relay_key})
            if (key) line += " " + CryptoLine::of(1, *key).str();
        static_cast<void>(channel_.write(line));
    }
    /// Nothing but the sessions' own work: the parties' SDP is the same every time.
    void cycle(const Work& work) {
        const auto phone = party(0, work.phone_port), pbx = party(0, work.pbx_port);
        std::optional<CryptoLine> key;
        if (config_.srtp.mode != media::SrtpMode::Off)
            key = CryptoLine::of(1, SrtpKey::random(config_.srtp.suites.front(), true));
        const auto offer = audio_sdp(pbx, nullptr), answer = audio_sdp(phone, key ? &*key : nullptr);
        for (unsigned call = 0; call < work.calls; ++call) {
            const auto id =
                sessions_.open({.call = "bench", .phone_signalling = phone, .trunk_signalling = pbx});
            WAKELINE_ASSERT(sessions_.offer(id, MediaSide::Trunk, offer).has_value());
            WAKELINE_ASSERT(sessions_.answer(id, MediaSide::Phone, answer).has_value());
            end(id, call % 10 == 9); // a few calls a turn, as a busy daemon has them
        }
    }
    void end(media::MediaId id, bool and_wait) {
        if (and_wait) return wait(id, true);
        sessions_.close(id, {});
    }
    void close() {
        while (!ids_.empty()) {
            end(ids_.back(), ids_.size() == 1);
            ids_.pop_back();
        }
    }
    /// Until the media threads have done all that they were told.
    void wait(media::MediaId id, bool close) {
        const auto stop = [this](const media::MediaStats&) { loop_.stop(); };
        close ? sessions_.close(id, stop) : sessions_.stats(id, stop);
        loop_.run();
    }

    const media::MediaConfig config_;
    LineChannel& channel_;
    const media::SrtpLibrary& library_ = test::srtp_library();
    NullSink sink_;
    Log log_{sink_};
    Metrics metrics_;
    net::EventLoop loop_;
    media::Sessions sessions_;
    std::vector<media::MediaId> ids_;
};

Result<Route> read_route(const std::string& line) {
    const auto words = split(line, ' ');
    if (words.size() != 2 && words.size() < 8) return Error{ErrorCode::InvalidInput, "not a route: " + line};
    Route route{.phone_sends_to = *net::SocketAddress::parse(words[0]),
                .pbx_sends_to = *net::SocketAddress::parse(words[1]),
                .phone_key = {},
                .relay_key = {}};
    if (words.size() == 2) return route;
    const auto key = [&](std::size_t at) {
        return CryptoLine::parse(std::string(words[at]) + " " + std::string(words[at + 1]) + " " +
                                 std::string(words[at + 2]))
            ->key;
    };
    route.phone_key = key(2);
    route.relay_key = key(5);
    return route;
}

} // namespace

LineChannel::LineChannel(net::Fd fd) {
    out_.reset(::fdopen(::dup(fd.get()), "w"));
    in_.reset(::fdopen(::dup(fd.get()), "r"));
    WAKELINE_ASSERT(in_ && out_);
}

Status LineChannel::write(const std::string& line) {
    if (std::fputs((line + "\n").c_str(), out_.get()) < 0) return Error{ErrorCode::Io, "the relay has ended"};
    return Done{};
}

Status LineChannel::flush() {
    if (std::fflush(out_.get()) != 0) return Error{ErrorCode::Io, "the relay has ended"};
    return Done{};
}

Result<std::string> LineChannel::read() {
    std::array<char, 512> line{};
    if (std::fgets(line.data(), static_cast<int>(line.size()), in_.get()) == nullptr)
        return Error{ErrorCode::Io, "the relay has ended"};
    return std::string(trim(line.data()));
}

WakelineRelay::WakelineRelay(const media::MediaConfig& config) {
    std::array<int, 2> ends{};
    WAKELINE_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    net::Fd ours(ends[0]), its(ends[1]);
    start([&] {
        ours.reset();
        LineChannel channel(std::move(its));
        Server(config, channel).run();
    });
    channel_ = std::make_unique<LineChannel>(std::move(ours));
}

Status WakelineRelay::ask(const std::string& command, const Work& work) {
    if (auto written = channel_->write(command + " " + std::to_string(work.calls) + " " +
                                       std::to_string(work.phone_port) + " " + std::to_string(work.pbx_port));
        !written)
        return written;
    return channel_->flush();
}

Result<std::vector<Route>> WakelineRelay::open(const Work& work) {
    if (auto asked = ask("open", work); !asked) return asked.error();
    std::vector<Route> routes;
    for (;;) {
        const auto line = channel_->read();
        if (!line) return line.error();
        if (*line == "done") return routes;
        auto route = read_route(*line);
        if (!route) return route.error();
        routes.push_back(*std::move(route));
    }
}

Status WakelineRelay::close() {
    if (auto asked = ask("close", {}); !asked) return asked;
    const auto done = channel_->read();
    return done ? Status(Done{}) : Status(done.error());
}

Status WakelineRelay::cycle(const Work& work) {
    if (auto asked = ask("cycle", work); !asked) return asked;
    const auto done = channel_->read();
    return done ? Status(Done{}) : Status(done.error());
}

media::MediaConfig relay_config(std::optional<media::SrtpSuite> suite, std::chrono::microseconds pacing) {
    media::MediaConfig config;
    config.address = "127.0.0.1";
    config.plain_audio = config.secure_audio = config.plain_video = config.secure_video = 0;
    config.srtp.mode = suite ? media::SrtpMode::SrtpOnly : media::SrtpMode::Off;
    if (suite) config.srtp.suites = {*suite};
    config.pacing = pacing;
    return config;
}

} // namespace wakeline::bench
