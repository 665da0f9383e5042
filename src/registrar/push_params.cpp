// SPDX-License-Identifier: Apache-2.0
#include "registrar/push_params.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace wakeline::registrar {

namespace {

constexpr std::size_t kMaxProvider = 32, kMaxParam = 256;
constexpr std::size_t kMaxPrid = 2'048; // a webpush subscription is a URL

/// Unescaped; nothing when the escapes are wrong, or when it would not be one printable word.
std::optional<std::string> value(const sip::Params& params, std::string_view name, std::size_t limit) {
    const auto text = percent_decode(params.get(name).value_or(""));
    if (!text || text->size() > limit) return std::nullopt;
    if (std::ranges::any_of(*text, [](char c) { return c <= 0x20 || c >= 0x7f; })) return std::nullopt;
    return text;
}

Error bad(std::string_view what) {
    return {ErrorCode::InvalidInput, "the push parameter " + std::string(what) + " cannot be understood"};
}

Result<PushParams> read_rfc8599(const sip::Params& params) {
    const auto provider = value(params, "pn-provider", kMaxProvider);
    const auto param = value(params, "pn-param", kMaxParam);
    auto prid = value(params, "pn-prid", kMaxPrid);
    if (!provider) return bad("pn-provider");
    if (!param) return bad("pn-param");
    if (!prid) return bad("pn-prid");
    const auto form = provider->empty() || prid->empty() ? PushParams::Form::Query : PushParams::Form::Full;
    PushParams read{form, {lower(*provider), *param, {}}};
    if (form == PushParams::Form::Full) read.data.prid = Secret(*std::move(prid));
    return read;
}

struct LegacyType {
    std::string_view name, provider;
};
constexpr std::array<LegacyType, 4> kLegacyTypes = {
    {{"apple", "apns"}, {"google", "fcm"}, {"firebase", "fcm"}, {"android", "fcm"}}};

/// Linphone before RFC 8599. app-id of Apple devices is the topic with ".dev" (sandbox) or ".prod" behind it;
/// the team was not told, so pn-param starts with its dot.
Result<PushParams> read_legacy(const sip::Params& params) {
    const auto type = value(params, "pn-type", kMaxProvider);
    auto app = value(params, "app-id", kMaxParam);
    auto token = value(params, "pn-tok", kMaxPrid);
    if (!type) return bad("pn-type");
    if (!app) return bad("app-id");
    if (!token) return bad("pn-tok");
    const auto known = std::ranges::find(kLegacyTypes, lower(*type), &LegacyType::name);
    if (known == kLegacyTypes.end() || token->empty()) return PushParams{};
    PushData data{std::string(known->provider), *app, Secret(*std::move(token))};
    if (known->provider == "apns") {
        const bool sandbox = app->ends_with(".dev");
        if (sandbox) data.provider = "apns.dev";
        if (sandbox || app->ends_with(".prod")) app->erase(app->rfind('.'));
        data.param = '.' + *app;
    }
    return PushParams{PushParams::Form::Legacy, std::move(data)};
}

} // namespace

Result<PushParams> take_push_params(sip::Params& params) {
    Result<PushParams> read = params.has("pn-provider") ? read_rfc8599(params)
                              : params.has("pn-tok")    ? read_legacy(params)
                                                        : PushParams{};
    strip_push_params(params);
    return read;
}

void strip_push_params(sip::Params& params) {
    params.erase_prefix("pn-");
    params.erase("app-id");
}

} // namespace wakeline::registrar
