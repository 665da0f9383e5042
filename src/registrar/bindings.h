// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/log.h"
#include "registrar/binding_store.h"
#include "registrar/binding_table.h"
#include "registrar/device_names.h"
#include "registrar/locator.h"
#include "registrar/metrics.h"
#include "registrar/users.h"

namespace wakeline::registrar {

/// The bindings: in memory for the calls, in the store for the next start, gone when their time is over. A
/// change is in memory only after the store has it. The store's callbacks come to it: the loop must be at
/// rest when it is destroyed.
class Bindings final : public Locator {
public:
    struct Removal {
        BindingId id = 0;
        std::string why; // for the log and the listener
    };
    /// What one REGISTER changes. A push token among `put` leaves every other user (scenario 38).
    struct Update {
        std::vector<Binding> put;
        std::vector<Removal> remove;
    };
    using DoneCallback = std::function<void(Status)>;

    Bindings(net::TimerQueue& timers, BindingStore& store, Log& log, RegistrarMetrics& metrics);

    /// At start: what the store kept, but for what has ended meanwhile.
    Status load();
    /// After `load`, when the transports are open: a phone on UDP has no connection that could have ended.
    /// `open` gives the flow to an address, 0 when there is no UDP any more.
    using OpenFlow = std::function<sip::FlowId(const net::SocketAddress&)>;
    void reopen_udp(const OpenFlow& open);
    /// They are told in the order of these calls.
    void add_listener(BindingListener& listener) { listeners_.push_back(&listener); }
    /// Mode local: who stands there is known before the first REGISTER.
    void set_users(const UserDirectory& users) { users_ = &users; }

    /// Stores the update, then shows it to everybody: `done` first, so that the phone has its answer, then
    /// the listener. When it cannot be stored, nothing changes. `done` never comes inside this call.
    void commit(Update update, DoneCallback done);
    /// What the PBX knows of a binding; nobody is told.
    void note_upstream(BindingId id, const UpstreamState& state);
    /// Its bindings are asleep from now on (SBC-REG-04).
    void on_flow_closed(sip::FlowId flow);

    std::vector<Binding> find(std::string_view aor) const override;
    std::optional<Binding> find(BindingId id) const override;
    std::optional<Binding> find_upstream(std::string_view contact_user) const override;
    std::optional<Binding> find_flow(sip::FlowId flow) const override;
    std::optional<std::vector<Binding>> find_gruu(const sip::Uri& uri, const std::string& aor) const override;
    bool known(std::string_view aor) const override;
    void token_dead(BindingId id, const PushData& push, net::WallTime since) override;
    void doubt(BindingId id) override;

    /// Every binding that can be reached, by user: for `wakelinectl registrations`.
    std::vector<Binding> snapshot() const;
    const BindingTable& table() const noexcept { return table_; }
    const DeviceNames& names() const noexcept { return names_; }
    /// Lasts as long as the store: what is made with it is the same after a restart.
    const Secret& key() const noexcept { return key_; }

private:
    struct Pending {
        Update update;
        DoneCallback done;
    };

    std::optional<Binding> reachable(std::optional<Binding> binding) const;
    void take_from_others(Update& update) const;
    void on_stored(std::uint64_t id, const Status& status);
    std::vector<std::pair<Binding, std::string>> apply(const Update& update);
    void put(const Binding& binding);
    void expire();
    void expire_one(BindingTable::Due due, std::vector<Binding>& gone);
    void forget_in_store(std::vector<BindingId> ids);
    void note_store(const Status& status);
    void arm();
    void tell_removed(const Binding& binding, std::string_view why);
    void count();

    net::TimerQueue& timers_;
    BindingStore& store_;
    Log& log_;
    RegistrarMetrics& metrics_;
    std::vector<BindingListener*> listeners_;
    const UserDirectory* users_ = nullptr;
    BindingTable table_;
    Secret key_;
    DeviceNames names_;
    std::unordered_set<std::uint64_t> known_; // hashes of the users that ever had a binding
    std::map<std::uint64_t, Pending> pending_;
    std::uint64_t last_commit_ = 0;
    bool store_works_ = true;
    net::Timer expiry_; // one for all: at the earliest end
};

} // namespace wakeline::registrar
