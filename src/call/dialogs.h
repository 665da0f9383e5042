// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <unordered_map>

#include "sip/dialog.h"
#include "sip/transactions.h"

namespace wakeline::call {

class Leg;

/// One dialog of a DialogUser, by its number there.
using LegId = std::uint32_t;

/// Who owns dialogs and acts on what comes inside them.
class DialogUser {
public:
    /// Any method but ACK and CANCEL; the source and the CSeq order are not checked yet.
    virtual void on_dialog_request(LegId leg, sip::ServerTx tx, sip::FlowId flow,
                                   const sip::Message& request) = 0;
    virtual void on_dialog_ack(LegId leg, const sip::Message& ack) = 0;
    /// The dialog on the other side of that one; null when there is none (yet).
    virtual const Leg* opposite(LegId leg) const = 0;

protected:
    ~DialogUser() = default;
};

/// Finds the owner of a dialog by its names.
class Dialogs {
public:
    struct Entry {
        DialogUser* user = nullptr;
        LegId leg = 0;
    };

    void add(const sip::DialogId& id, Entry entry) { entries_[id] = entry; }
    void remove(const sip::DialogId& id) { entries_.erase(id); }
    /// `user` is null when there is no such dialog.
    Entry find(const sip::DialogId& id) const {
        const auto at = entries_.find(id);
        return at == entries_.end() ? Entry{} : at->second;
    }
    /// The dialog that a request or ACK with a To tag belongs to.
    Entry find(const sip::Message& request) const {
        return find(
            {std::string(request.call_id()), std::string(request.to_tag()), std::string(request.from_tag())});
    }
    /// The one that was added without a remote tag, because none is known yet.
    Entry find_half(const sip::Message& request) const {
        return find({std::string(request.call_id()), std::string(request.to_tag()), {}});
    }
    std::size_t size() const noexcept { return entries_.size(); }

private:
    std::unordered_map<sip::DialogId, Entry> entries_;
};

/// An INVITE that we serve and that has no final answer: can be cancelled.
class ServedInvite {
public:
    virtual void on_cancel(const sip::Message& cancel) = 0;
    /// Its connection ended: nobody waits for the answer.
    virtual void on_lost() = 0;

protected:
    ~ServedInvite() = default;
};

class ServedInvites {
public:
    void add(sip::ServerTx tx, ServedInvite& invite) { invites_[tx] = &invite; }
    void remove(sip::ServerTx tx) { invites_.erase(tx); }
    ServedInvite* find(sip::ServerTx tx) const {
        const auto at = invites_.find(tx);
        return at == invites_.end() ? nullptr : at->second;
    }

private:
    std::unordered_map<sip::ServerTx, ServedInvite*> invites_;
};

} // namespace wakeline::call
