// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>

#include "config/document.h"
#include "config/problem.h"
#include "push/config.h"

namespace wakeline::config {

/// Collects findings of one configuration, one for each setting: what is wrong in itself is not judged again.
class Findings {
public:
    Findings(const Node& document, Problems& problems) : document_(document), problems_(problems) {}

    void error(const std::string& path, std::string message) {
        if (std::ranges::find(problems_, path, &Problem::path) != problems_.end()) return;
        problems_.push_back({line_of(document_, path), path, std::move(message)});
    }
    void warning(const std::string& path, std::string message) {
        problems_.push_back({line_of(document_, path), path, std::move(message), Gravity::Warning});
    }

private:
    const Node& document_;
    Problems& problems_;
};

/// One app of push.apps: what its provider needs, and what is another one's.
void check_push_app(const std::string& path, const push::AppConfig& app, Findings& findings);

} // namespace wakeline::config
