// SPDX-License-Identifier: Apache-2.0
#include "config/firewall.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "config/checks.h"
#include "net/socket_address.h"
#include "sip/uri.h"

namespace wakeline::config {

namespace {

using Where = FirewallRule::Where;

std::string any(const std::string& address) {
    return address == "0.0.0.0" || address == "::" || address.empty() ? "*" : address;
}

void add_listeners(const Config& config, FirewallRules& rules) {
    for (const sip::ListenerConfig& listener : config.access.listeners) {
        if (!listener.enabled) continue;
        const bool udp = listener.transport == sip::ListenTransport::Udp;
        rules.push_back({Where::In, udp ? "udp" : "tcp", std::to_string(listener.port), any(listener.address),
                         "*", "phones sign in and call (listener " + listener.name + ')'});
    }
}

/// One line for each run of ports with nothing between.
void add_media(const media::MediaConfig& media, FirewallRules& rules) {
    std::set<unsigned> ports;
    for (const unsigned port :
         {media.plain_audio, media.secure_audio, media.plain_video, media.secure_video}) {
        if (media.single_audio_port && port == media.secure_audio) continue;
        ports.insert({port, port + 1});
    }
    for (auto from = ports.begin(); from != ports.end();) {
        auto to = from;
        while (std::next(to) != ports.end() && *std::next(to) == *to + 1)
            ++to;
        const std::string run = std::to_string(*from) + '-' + std::to_string(*to);
        rules.push_back({Where::In, "udp", run, any(media.address), "*", "audio and video of all calls"});
        from = std::next(to);
    }
    if (media.trunk.ports != "shared")
        rules.push_back({Where::In, "udp", media.trunk.ports, any(media.trunk.address), "*",
                         "audio and video on the PBX's side"});
}

struct Target {
    std::string host, port, protocol;
};
Target target_of(const std::string& text) {
    const auto uri = sip::Uri::parse(text);
    if (!uri) return {};
    const std::string transport = lower(uri->params.get("transport").value_or("udp"));
    const bool tls = transport == "tls" || uri->scheme == "sips";
    const unsigned port = uri->port != 0 ? uri->port : tls ? 5061 : 5060;
    return {uri->host, std::to_string(port), transport == "udp" && !tls ? "udp" : "tcp"};
}

void add_trunks(const Config& config, FirewallRules& rules) {
    for (const auto& [name, trunk] : config.trunks) {
        const Target pbx = target_of(trunk.uri);
        rules.push_back({Where::Out, pbx.protocol, pbx.port, pbx.host, "*",
                         "calls and registrations to the PBX (trunk " + name + ')'});
        const auto local = net::SocketAddress::parse(trunk.local);
        if (!local) continue;
        std::vector<std::string> peers = trunk.accept_from;
        peers.insert(peers.begin(), pbx.host);
        for (const std::string& peer : peers)
            rules.push_back({Where::In, pbx.protocol, std::to_string(local->port()), any(local->ip()), peer,
                             "calls from the PBX (trunk " + name + ')'});
    }
}

void add_push(const Config& config, FirewallRules& rules) {
    bool apns = false, fcm = false;
    for (const auto& [name, app] : config.push.apps) {
        apns = apns || app.provider == push::Provider::Apns;
        fcm = fcm || app.provider == push::Provider::Fcm;
    }
    if (config.push.enabled && apns)
        rules.push_back(
            {Where::Out, "tcp", "443", "17.0.0.0/8", "*",
             "Apple's push service wakes iPhones (2197 may be used instead: push.apps.NAME.port)"});
    if (config.push.enabled && fcm)
        rules.push_back(
            {Where::Out, "tcp", "443", "*", "*",
             "Google's push service wakes Android phones: fcm.googleapis.com, oauth2.googleapis.com"});
    rules.push_back({Where::Out, "udp", "53", "*", "*", "names are looked up (DNS)"});
    rules.push_back({Where::Out, "tcp", "53", "*", "*", "long answers of DNS"});
    rules.push_back({Where::Phone, "tcp", "5223", "17.0.0.0/8", "*", "iPhones wait for pushes"});
    rules.push_back({Where::Phone, "tcp", "443", "17.0.0.0/8", "*", "the same, where 5223 is closed"});
    rules.push_back(
        {Where::Phone, "tcp", "5228-5230", "*", "*", "Android phones wait for pushes (mtalk.google.com)"});
    rules.push_back({Where::Phone, "tcp", "443", "*", "*", "the same, where these are closed"});
    rules.push_back({Where::Legacy, "tcp", "2195", "17.0.0.0/8", "*",
                     "Apple's former binary push protocol, gone since 2021: use 443"});
    rules.push_back({Where::Legacy, "tcp", "2196", "17.0.0.0/8", "*", "its feedback service, gone too"});
}

constexpr std::array kTitles{
    std::pair{Where::In, "To this machine"},
    std::pair{Where::Out, "From this machine"},
    std::pair{Where::Phone,
              "From phones in Wi-Fi networks with a firewall (beside what they need to reach this machine)"},
    std::pair{Where::Legacy, "No longer needed, for who finds it in old rules"},
};

bool is_address(const std::string& text) {
    return net::SocketAddress::parse(text.substr(0, text.find('/')), 0).has_value();
}

/// "ip saddr 10.0.0.5 "; nothing for any, and for a name, which nft(8) would look up once.
std::string match(const char* what, const std::string& address) {
    if (address == "*" || !is_address(address)) return "";
    const bool v6 = address.find(':') != std::string::npos;
    return std::string(v6 ? "ip6 " : "ip ") + what + ' ' + address + ' ';
}

std::string nft_rule(const FirewallRule& rule) {
    const bool in = rule.where == Where::In;
    std::string out = "        ";
    if (in) out += match("saddr", rule.peer);
    out += match("daddr", rule.address);
    out += rule.protocol + " dport " + rule.ports + " accept";
    std::string reason = rule.reason;
    std::erase_if(reason,
                  [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' '; });
    return out + " comment \"" + reason.substr(0, 120) + "\"\n";
}

std::string nft_rules(const FirewallRules& rules, Where where) {
    std::string out;
    for (const FirewallRule& rule : rules)
        if (rule.where == where) out += nft_rule(rule);
    return out;
}

} // namespace

FirewallRules firewall_rules(const Config& config) {
    FirewallRules rules;
    add_listeners(config, rules);
    add_media(config.media, rules);
    add_trunks(config, rules);
    rules.push_back({Where::Out, "udp", "1024-65535", "*", "*",
                     "audio and video to phones and the PBX, at the ports that they choose"});
    add_push(config, rules);
    return rules;
}

std::string firewall_list(const FirewallRules& rules) {
    std::string out;
    for (const auto& [where, title] : kTitles) {
        out += (out.empty() ? "" : "\n") + std::string(title) + '\n';
        for (const FirewallRule& rule : rules) {
            if (rule.where != where) continue;
            std::string line = "  " + rule.protocol + ' ' + rule.ports;
            line.resize(std::max<std::size_t>(line.size() + 1, 18), ' ');
            const bool in = where == Where::In;
            line += in ? "at " + rule.address + (rule.peer == "*" ? "" : " from " + rule.peer)
                       : "to " + rule.address;
            line.resize(std::max<std::size_t>(line.size() + 2, 48), ' ');
            out += line + rule.reason + '\n';
        }
    }
    return out;
}

std::string firewall_nft(const FirewallRules& rules) {
    return "# Made by wakelinectl firewall --nft: what Wakeline needs. Add what else this machine serves, "
           "then: nft -f FILE\n"
           "table inet wakeline {\n"
           "    chain input {\n"
           "        type filter hook input priority filter; policy drop;\n"
           "        ct state established,related accept\n"
           "        iif lo accept\n"
           "        meta l4proto { icmp, ipv6-icmp } accept\n"
           "        tcp dport 22 accept comment \"SSH, so that you are not locked out\"\n" +
           nft_rules(rules, Where::In) +
           "    }\n"
           "    chain output {\n"
           "        type filter hook output priority filter; policy drop;\n"
           "        ct state established,related accept\n"
           "        oif lo accept\n"
           "        meta l4proto { icmp, ipv6-icmp } accept\n" +
           nft_rules(rules, Where::Out) + "    }\n}\n";
}

} // namespace wakeline::config
