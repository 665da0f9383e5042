// SPDX-License-Identifier: Apache-2.0
#include "push/config.h"

namespace wakeline::push {

std::string_view word(Provider provider) {
    switch (provider) {
    case Provider::Apns: return "apns";
    case Provider::Fcm: return "fcm";
    case Provider::Webhook: return "webhook";
    }
    return "";
}

} // namespace wakeline::push
