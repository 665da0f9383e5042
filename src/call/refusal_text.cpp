// SPDX-License-Identifier: Apache-2.0
#include "call/refusal_text.h"

namespace wakeline::call {

std::string refusal_text(const sip::Message& response) {
    std::string text = std::to_string(response.status()) + ' ' + std::string(response.reason());
    const std::string warning = response.header("Warning").value_or("");
    const auto open = warning.find('"'), close = warning.rfind('"');
    if (open != warning.npos && close > open) text += ": " + warning.substr(open + 1, close - open - 1);
    return text;
}

} // namespace wakeline::call
