// SPDX-License-Identifier: Apache-2.0
#include "call/media_refusal.h"

#include "media/codec_policy.h"

namespace wakeline::call {

namespace {

constexpr std::size_t kMostShown = 200; // of what a peer writes

std::string_view warning_text(ErrorCode why) {
    switch (why) {
    case ErrorCode::Refused: return "305 \"Incompatible media format\"";
    case ErrorCode::Crypto: return "302 \"Incompatible transport protocol\"";
    case ErrorCode::Exhausted: return "370 \"Insufficient bandwidth\"";
    case ErrorCode::InvalidInput:
    case ErrorCode::NotFound:
    case ErrorCode::Timeout:
    case ErrorCode::Io: break;
    }
    return "399 \"Session description cannot be used\"";
}

} // namespace

std::string media_warning(ErrorCode why, std::string_view agent) {
    const std::string_view text = warning_text(why);
    return std::string(text.substr(0, 4)) + std::string(agent) + std::string(text.substr(3));
}

bool refuses_media(const sip::Message& response) {
    const int status = response.status();
    return status == 488 || status == 606 || status == 415;
}

std::string explain_refusal(std::string_view offer, const sip::Message& response) {
    std::string text = "offered " + media::codecs_of(offer);
    if (response.content_type() == "application/sdp")
        text += "; accepts " + media::codecs_of(response.body());
    if (const auto warning = response.header("Warning"))
        text += "; " + std::string(warning->substr(0, kMostShown));
    return text;
}

} // namespace wakeline::call
