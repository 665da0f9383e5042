// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "net/tls_context.h"

namespace wakeline::daemon {

/// The TLS contexts of the configuration: one a certificate for those who connect to us, one a trunk on TLS
/// for where we connect.
class TlsContexts {
public:
    Status open(const config::Config& config);
    /// Reads all files again, with the settings as they are now; lines for a person about what failed, which
    /// stays as it was.
    std::vector<std::string> reload(const config::Config& config);

    /// Null when there is none of that name.
    net::TlsContext* server(const std::string& certificate) const;
    net::TlsContext* client(const std::string& trunk) const;

private:
    using Table = std::map<std::string, std::unique_ptr<net::TlsContext>>;

    Table servers_, clients_;
};

} // namespace wakeline::daemon
