// SPDX-License-Identifier: Apache-2.0
#include "trunk/configured_peers.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "trunk/ranking.h"

namespace wakeline::trunk {

namespace {

std::string_view domain_of(std::string_view aor) {
    const auto at = aor.rfind('@');
    return at == std::string_view::npos ? aor : aor.substr(at + 1);
}

} // namespace

Result<std::unique_ptr<ConfiguredPeers>>
ConfiguredPeers::create(const Trunks& trunks, const Environment& environment, const Passwords& passwords) {
    std::unique_ptr<ConfiguredPeers> all(new ConfiguredPeers);
    std::string problems;
    for (const auto& [name, config] : trunks) {
        auto peer = Peer::create(name, config, environment);
        const auto password = passwords.find(name);
        const Status started =
            peer ? (*peer)->keep_registered(password == passwords.end() ? Secret() : password->second)
                 : Status(peer.error());
        if (started)
            all->peers_.push_back(std::move(*peer));
        else
            problems.append(problems.empty() ? "" : "; ").append(started.error().message);
    }
    if (!problems.empty()) return Error{ErrorCode::InvalidInput, problems};
    return all;
}

bool ConfiguredPeers::is_backup(const Peer& peer) const {
    return std::ranges::any_of(peers_,
                               [&](const auto& other) { return other->config().backup == peer.name(); });
}

std::vector<Peer*> ConfiguredPeers::serving(std::string_view aor) const {
    const std::string_view domain = domain_of(aor);
    std::vector<Peer*> claiming, open;
    for (const auto& peer : peers_) {
        if (is_backup(*peer)) continue;
        const auto& domains = peer->config().domains;
        if (domains.empty())
            open.push_back(peer.get());
        else if (std::ranges::any_of(domains, [&](const std::string& own) { return iequals(own, domain); }))
            claiming.push_back(peer.get());
    }
    return claiming.empty() ? open : claiming;
}

std::vector<Trunk*> ConfiguredPeers::choose(const Wanted& wanted) {
    if (peers_.size() == 1) return {peers_.front().get()};
    std::vector<Peer*> order = serving(wanted.aor);
    std::ranges::sort(order, {}, [&](const Peer* peer) {
        const TrunkConfig& config = peer->config();
        return std::tuple(config.priority, rank(wanted.aor, peer->name(), config.weight), peer->name());
    });
    std::vector<Peer*> with_backups;
    for (Peer* peer : order) {
        with_backups.push_back(peer);
        Peer* backup = find(peer->config().backup);
        if (backup != nullptr && std::ranges::find(with_backups, backup) == with_backups.end())
            with_backups.push_back(backup);
    }
    std::ranges::stable_sort(with_backups, {}, [&](const Peer* peer) {
        if (!peer->available()) return 4;
        if (!wanted.call_id.empty() && peer->challenged(wanted.call_id)) return 0;
        if (peer->name() == wanted.granted_by) return 1;
        return peer->settled() ? 2 : 3;
    });
    return {with_backups.begin(), with_backups.end()};
}

Peer* ConfiguredPeers::find(std::string_view name) {
    const auto found = std::ranges::find_if(peers_, [&](const auto& peer) { return peer->name() == name; });
    return found == peers_.end() ? nullptr : found->get();
}

std::string ConfiguredPeers::match(const sip::FlowInfo& from) const {
    const Peer* surest = nullptr;
    unsigned how = 0;
    for (const auto& peer : peers_)
        if (const unsigned sure = peer->owns(from); sure > how) {
            surest = peer.get();
            how = sure;
        }
    return surest != nullptr ? surest->name() : std::string();
}

std::vector<std::string> ConfiguredPeers::hosts() const {
    std::vector<std::string> all;
    for (const auto& peer : peers_)
        all.push_back(peer->uri().host);
    return all;
}

std::vector<PeerSnapshot> ConfiguredPeers::snapshot() const {
    std::vector<PeerSnapshot> all;
    for (const auto& peer : peers_)
        all.push_back(peer->snapshot());
    return all;
}

} // namespace wakeline::trunk
