// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/secret.h"

namespace wakeline::http {

/// Whom a client talks to, and how both know each other.
struct Peer {
    std::string origin;      // "https://host:port"; http:// only on this machine
    std::string ca;          // PEM file to trust; empty: the system's
    std::string proxy;       // "http://host:port", asked to CONNECT; empty: none
    std::string certificate; // PEM: what we show, leaf first; empty: nothing
    Secret certificate_key;  // PEM
};

} // namespace wakeline::http
