// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace wakeline::store {

enum class StoreType : std::uint8_t { Sqlite };

/// YAML section `store`.
struct StoreConfig {
    StoreType type = StoreType::Sqlite;
    std::string path = "/var/lib/wakeline/wakeline.db";
    bool operator==(const StoreConfig&) const = default;
};

} // namespace wakeline::store
