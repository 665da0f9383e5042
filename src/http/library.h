// SPDX-License-Identifier: Apache-2.0
#pragma once

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
};

} // namespace wakeline::http
