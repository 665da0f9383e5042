// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace wakeline::daemon {

/// Before any thread: a peer that goes away is no signal, files we make are not for others, and we may have
/// as many descriptors as the system lets us.
void prepare_process();

/// How many files and connections we may have open.
std::size_t descriptor_limit();

std::string host_name();

} // namespace wakeline::daemon
