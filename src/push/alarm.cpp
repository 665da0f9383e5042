// SPDX-License-Identifier: Apache-2.0
#include "push/alarm.h"

namespace wakeline::push {

void Alarm::raise(std::string_view sentence, const std::string& reason, std::string_view advice) {
    if (reason == reason_ && clock_.now() - said_ < std::chrono::minutes(1)) {
        ++unsaid_;
        return;
    }
    log_.error(sentence, {{"app", app_},
                          {"reason", reason},
                          {"do", std::string(advice)},
                          {"repeated", std::to_string(unsaid_)}});
    reason_ = reason;
    said_ = clock_.now();
    unsaid_ = 0;
}

void Alarm::clear() {
    if (reason_.empty()) return;
    log_.info("push works again", {{"app", app_}, {"after", reason_}});
    reason_.clear();
    unsaid_ = 0;
}

} // namespace wakeline::push
