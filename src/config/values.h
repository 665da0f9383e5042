// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace wakeline::config {

/// How one value of type T is written: what it must be in words, text to value, value to text.
template <class T>
struct Kind;

template <>
struct Kind<bool> {
    static std::string wanted() { return "true or false"; }
    static std::optional<bool> parse(std::string_view text);
    static std::string show(bool value) { return value ? "true" : "false"; }
};

template <>
struct Kind<unsigned> {
    static std::string wanted() { return "a whole number"; }
    static std::optional<unsigned> parse(std::string_view text);
    static std::string show(unsigned value) { return std::to_string(value); }
};

template <>
struct Kind<std::string> {
    static std::string wanted() { return "text"; }
    static std::optional<std::string> parse(std::string_view text) { return std::string(text); }
    static std::string show(const std::string& value) { return value; }
};

/// 500ms, 25s, 2m, 12h, 7d; 0 needs no unit.
template <>
struct Kind<std::chrono::milliseconds> {
    static std::string wanted() { return "a time such as 500ms, 25s, 2m, 12h or 7d"; }
    static std::optional<std::chrono::milliseconds> parse(std::string_view text);
    static std::string show(std::chrono::milliseconds value);
};

/// 500us, 1ms; 0 needs no unit.
template <>
struct Kind<std::chrono::microseconds> {
    static std::string wanted() { return "a time such as 500us or 1ms"; }
    static std::optional<std::chrono::microseconds> parse(std::string_view text);
    static std::string show(std::chrono::microseconds value);
};

/// The words of an enumeration, in the order in which they are explained.
template <class E>
struct Word {
    constexpr Word(std::string_view text, E meaning)
        : word(text), value(meaning) {} // clang 14 deduces from this
    std::string_view word;
    E value;
};
template <class E>
struct Words; // specialised beside the section that uses it: static constexpr std::array list

template <class E>
requires requires { Words<E>::list; }
struct Kind<E> {
    static std::string wanted() {
        std::string out;
        for (const auto& word : Words<E>::list) {
            if (!out.empty()) out += &word == &Words<E>::list.back() ? " or " : ", ";
            out += word.word;
        }
        return out;
    }
    static std::optional<E> parse(std::string_view text) {
        const auto found = std::ranges::find(Words<E>::list, text, &Word<E>::word);
        return found == Words<E>::list.end() ? std::nullopt : std::optional(found->value);
    }
    static std::string show(E value) {
        return std::string(std::ranges::find(Words<E>::list, value, &Word<E>::value)->word);
    }
};

/// What a value must be beyond its type: in words, and as a question.
template <class T>
struct Rule {
    std::string (*wanted)() = nullptr;
    bool (*holds)(const T&) = nullptr;
};

template <unsigned Low, unsigned High>
inline constexpr Rule<unsigned> between{
    [] { return "a number from " + std::to_string(Low) + " to " + std::to_string(High); },
    [](const unsigned& value) { return value >= Low && value <= High; }};

template <class Time, long Low, long High>
inline constexpr Rule<Time> between_times{
    [] { return "a time from " + Kind<Time>::show(Time(Low)) + " to " + Kind<Time>::show(Time(High)); },
    [](const Time& value) { return value >= Time(Low) && value <= Time(High); }};

template <long Low, long High>
inline constexpr const auto& between_ms = between_times<std::chrono::milliseconds, Low, High>;
template <long Low, long High>
inline constexpr const auto& between_us = between_times<std::chrono::microseconds, Low, High>;

bool is_ip_address(const std::string& text);
bool is_ip_and_port(const std::string& text);
bool is_loopback_or_off(const std::string& text);
bool is_host(const std::string& text);
bool is_absolute_path(const std::string& text);
bool is_socket_path(const std::string& text);
bool is_https_server(const std::string& text);
bool is_http_proxy(const std::string& text);
bool is_proxy_or_off(const std::string& text);
bool is_webhook_url(const std::string& text);
bool is_apple_id(const std::string& text);
bool is_tls_version(const std::string& text);
bool is_port_range(const std::string& text);
bool is_session_timer(const std::chrono::milliseconds& time);
bool is_even_port(const unsigned& port);

inline constexpr Rule<std::string> kIpAddress{[] { return std::string("an IP address"); }, is_ip_address};
inline constexpr Rule<std::string> kIpAndPort{
    [] { return std::string("an IP address and port such as 192.0.2.1:5060"); }, is_ip_and_port};
inline constexpr Rule<std::string> kLoopback{
    [] { return std::string("off, or a loopback address and port such as 127.0.0.1:9180"); },
    is_loopback_or_off};
inline constexpr Rule<std::string> kHost{[] { return std::string("an IP address or a host name"); }, is_host};
inline constexpr Rule<std::string> kAbsolutePath{[] { return std::string("an absolute path"); },
                                                 is_absolute_path};
inline constexpr Rule<std::string> kSocketPath{
    [] { return std::string("an absolute path of at most 107 characters"); }, is_socket_path};
inline constexpr Rule<std::string> kHttpsUrl{[] { return std::string("https://HOST or https://HOST:PORT"); },
                                             is_https_server};
inline constexpr Rule<std::string> kHttpProxy{[] { return std::string("http://HOST:PORT"); }, is_http_proxy};
inline constexpr Rule<std::string> kHttpProxyOrOff{[] { return std::string("http://HOST:PORT or off"); },
                                                   is_proxy_or_off};
inline constexpr Rule<std::string> kWebhookUrl{
    [] { return std::string("https://HOST/PATH (http:// only for a loopback address)"); }, is_webhook_url};
inline constexpr Rule<std::string> kTenLetters{[] { return std::string("ten letters and digits"); },
                                               is_apple_id};
inline constexpr Rule<std::string> kTlsVersion{[] { return std::string("1.0, 1.1, 1.2 or 1.3"); },
                                               is_tls_version};
inline constexpr Rule<std::string> kPortRange{
    [] { return std::string("shared, or a range of ports such as 10000-19999"); }, is_port_range};
inline constexpr Rule<std::chrono::milliseconds> kSessionTimer{
    [] { return std::string("0, or a time from 90s to 1d"); }, is_session_timer};
inline constexpr Rule<unsigned> kPort = between<1, 65'535>;
inline constexpr Rule<unsigned> kEvenPort{[] { return std::string("an even port from 1024 to 65534"); },
                                          is_even_port};

} // namespace wakeline::config
