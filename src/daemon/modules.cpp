// SPDX-License-Identifier: Apache-2.0
#include "daemon/modules.h"

namespace wakeline::daemon {

Result<std::unique_ptr<Modules>> Modules::build(const Ground&, const config::Config&) {
    return std::unique_ptr<Modules>(new Modules);
}

} // namespace wakeline::daemon
