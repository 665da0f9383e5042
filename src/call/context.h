// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.h"
#include "call/capacity.h"
#include "call/config.h"
#include "call/dialogs.h"
#include "call/graveyard.h"
#include "call/late_byes.h"
#include "call/late_wakers.h"
#include "call/metrics.h"
#include "call/names.h"
#include "call/record_store.h"
#include "call/strays.h"
#include "call/subscribers.h"
#include "call/upstream.h"
#include "media/media_sessions.h"
#include "push/waker.h"
#include "registrar/domains.h"
#include "registrar/locator.h"
#include "sip/transactions.h"
#include "trunk/peers.h"

namespace wakeline::call {

/// Everything outside that calls are made of. All of it outlives them.
struct Services {
    net::TimerQueue& timers;
    sip::Transport& transport;
    sip::Transactions& transactions;
    registrar::Locator& locator;
    push::Waker& waker;
    media::MediaSessions& media;
    trunk::Peers& peers;
    RecordStore& records;
    Capacity& capacity;
    Log& log;
    Metrics& metrics;
    Names& names;
};

/// What the calls of one shard share.
struct Context : Services {
    Context(const Services& services, CallConfig settings);
    /// While everything here still lives: the dead may have last business with it.
    ~Context() { graveyard.clear(); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    CallConfig config;
    CallMetrics counters;
    Graveyard graveyard;
    Dialogs dialogs;
    ServedInvites invites;
    Strays strays;
    LateWakers late_wakers;
    LateByes late_byes;
    registrar::Domains domains;
    Subscribers subscribers;
    Upstream upstream;
    std::size_t held = 0;        // calls that wait for a device
    std::size_t held_octets = 0; // of their offers
};

} // namespace wakeline::call
