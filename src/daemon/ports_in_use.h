// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/loader.h"

namespace wakeline::daemon {

/// For --check-config: the sockets that the configuration asks for and that the daemon would not get, because
/// another program has the port or the machine not the address. While the daemon runs the ports are its own,
/// and nothing is said.
config::Problems ports_in_use(const config::Loaded& loaded);

} // namespace wakeline::daemon
