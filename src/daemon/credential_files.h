// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "config/config.h"
#include "net/credential.h"
#include "push/status.h"

namespace wakeline::daemon {

/// What the certificate files of a configuration hold; what cannot be read says why.
std::vector<net::Credential> read_credentials(const config::Config& config);

/// Every file with a certificate, key, revocation list or push credential.
std::vector<std::string> credential_files(const config::Config& config);

/// The push credentials: of each app, and one that is not set for a service without any app.
std::vector<net::Credential> push_credentials(const std::vector<push::AppStatus>& apps);

} // namespace wakeline::daemon
