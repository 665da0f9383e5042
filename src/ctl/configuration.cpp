// SPDX-License-Identifier: Apache-2.0
#include "ctl/configuration.h"

#include "config/loader.h"

namespace wakeline::ctl {

namespace {

constexpr const char* kConfig = "/etc/wakeline/wakeline.yaml";

} // namespace

Result<config::Config> configuration(const CommandLine& line) {
    const std::string file = line.value("config").value_or(kConfig);
    const auto text = config::read_file(file);
    if (!text) return text.error();
    auto loaded = config::load_config(*text);
    if (config::has_errors(loaded.problems))
        return Error{ErrorCode::Refused,
                     "the configuration is not good:\n" + config::report(file, loaded.problems)};
    return std::move(loaded.config);
}

} // namespace wakeline::ctl
