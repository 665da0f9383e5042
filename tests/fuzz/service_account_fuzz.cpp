// SPDX-License-Identifier: Apache-2.0
#include "push/service_account.h"

#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "push/jwt.h"

using namespace wakeline::push;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto account = ServiceAccount::parse({reinterpret_cast<const char*>(data), size});
    if (!account) return 0;
    WAKELINE_ASSERT(account->project_id.find_first_of("/?# \r\n") == std::string::npos);
    WAKELINE_ASSERT(account->token_uri.find('/', 8) != std::string::npos);
    static_cast<void>(SigningKey::parse(account->private_key.reveal(), SigningKey::Algorithm::Rs256));
    return 0;
}
