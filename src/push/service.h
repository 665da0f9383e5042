// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/client.h"
#include "push/payload.h"
#include "push/verdict.h"
#include "push/waker.h"

namespace wakeline::push {

/// One try to wake one device, as the push service's side sees it.
struct Push {
    Device device;
    WakeRequest request;
    std::string message_id; // UUID; the same in every try, so that the service can tell a repeated one
    NamePart name = NamePart::Fitting;
    std::uint64_t credential = 0; // generation of what authorised the last try
    http::Epoch avoid = 0;        // connection not to use
};

/// What one push service needs of us: the shape of a request, and what its answers mean. WakeQueue does the
/// rest.
class Service {
public:
    /// A reason not to send this one at all: the service wants to hear nothing of that kind for a while.
    virtual std::optional<WakeResult> refuses(const Push& push) const = 0;
    /// A pause that the service asked for, where a wake may wait for its end.
    virtual net::Duration pause() const { return {}; }
    /// Whether a credential is there; if not, WakeQueue::authorized or unauthorized follows later.
    virtual bool authorized() = 0;
    /// Only while authorized; notes the credential that it used.
    virtual http::Request request(Push& push) = 0;
    virtual Verdict judge(const Push& push, const http::Response& response) = 0;
    /// The service refused the credential of this push. True when there is, or will be, another.
    virtual bool renew_credential(const Push& push) = 0;

    /// The wake ended with this, and it is our fault: an operator must look.
    virtual void alarm(const WakeResult& result) = 0;

protected:
    ~Service() = default;
};

} // namespace wakeline::push
