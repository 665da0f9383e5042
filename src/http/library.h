// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>

namespace wakeline::http {

/// libcurl's global state: one in `main`, before the first thread; whoever makes a client shows it. The
/// process ignores SIGPIPE from then on: libcurl leaves that to us, and OpenSSL writes to connections that
/// are gone.
class Library {
public:
    Library();
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    /// The addresses of a host, "192.0.2.1,2001:db8::1"; empty: libcurl asks the system.
    using Lookup = std::function<std::string(const std::string& host)>;
    void set_lookup(Lookup lookup) { lookup_ = std::move(lookup); }
    std::string addresses(const std::string& host) const { return lookup_ ? lookup_(host) : std::string(); }

private:
    Lookup lookup_;
};

} // namespace wakeline::http
