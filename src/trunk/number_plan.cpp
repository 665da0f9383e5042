// SPDX-License-Identifier: Apache-2.0
#include "trunk/number_plan.h"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

namespace wakeline::trunk {

namespace {

constexpr std::size_t kLongest = 128;                     // of what is looked at
constexpr std::size_t kLeastDigits = 7, kMostDigits = 15; // of an E.164 number with its country code

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_number(std::string_view text) { return is_digits(text.starts_with('+') ? text.substr(1) : text); }

/// RFC 3966 5.1.1: what stands between digits for the eye alone.
std::string without_separators(std::string_view text) {
    std::string out(text);
    std::erase_if(out, [](char c) { return c == '-' || c == '.' || c == '(' || c == ')' || c == ' '; });
    return out;
}

Error wrong(std::size_t rule, const std::string& what) {
    return {ErrorCode::InvalidInput, "numbers.rules[" + std::to_string(rule) + "]: " + what};
}

std::string in_words(const NumberRule& rule) {
    const std::string what = rule.regex.empty() ? "prefix " + rule.prefix : "regex " + rule.regex;
    return what + " -> \"" + rule.replace + '"';
}

std::string name_of(NumberSchema schema) {
    switch (schema) {
    case NumberSchema::Unchanged: return "unchanged";
    case NumberSchema::E164: return "e164";
    case NumberSchema::Internal: return "internal";
    }
    return {};
}

} // namespace

struct NumberPlan::Rule {
    NumberRule rule;
    std::unique_ptr<re2::RE2> regex; // null: a prefix

    std::string apply(std::string number) const {
        if (regex == nullptr) {
            if (!number.starts_with(rule.prefix)) return number;
            return rule.replace + number.substr(rule.prefix.size());
        }
        re2::RE2::Replace(&number, *regex, rule.replace);
        return number;
    }
};

NumberPlan::NumberPlan(NumberConfig config, std::vector<Rule> rules)
    : config_(std::move(config)), rules_(std::move(rules)) {}
NumberPlan::NumberPlan(NumberPlan&&) noexcept = default;
NumberPlan& NumberPlan::operator=(NumberPlan&&) noexcept = default;
NumberPlan::~NumberPlan() = default;

Result<NumberPlan> NumberPlan::create(const NumberConfig& config) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    std::vector<Rule> rules;
    for (std::size_t i = 0; i < config.rules.size(); ++i) {
        const NumberRule& rule = config.rules[i];
        if (rule.prefix.empty() == rule.regex.empty()) return wrong(i, "must have either prefix or regex");
        std::unique_ptr<re2::RE2> regex;
        if (!rule.regex.empty()) {
            regex = std::make_unique<re2::RE2>(rule.regex, options);
            std::string why;
            if (!regex->ok()) return wrong(i, "regex: " + regex->error());
            if (!regex->CheckRewriteString(rule.replace, &why)) return wrong(i, "replace: " + why);
        }
        rules.push_back({rule, std::move(regex)});
    }
    return NumberPlan(config, std::move(rules));
}

std::string NumberPlan::apply(RuleDirection direction, RuleField field, std::string_view number) const {
    return run(direction, field, number, nullptr);
}

std::vector<NumberPlan::Step> NumberPlan::explain(RuleDirection direction, RuleField field,
                                                  std::string_view number) const {
    std::vector<Step> steps;
    run(direction, field, number, &steps);
    return steps;
}

std::string NumberPlan::run(RuleDirection direction, RuleField field, std::string_view number,
                            std::vector<Step>* steps) const {
    std::string now(number);
    if (number.empty() || number.size() > kLongest) return now;
    const auto take = [&](auto&& rule, std::string next) {
        if (steps != nullptr) steps->push_back({rule(), next, next != now});
        now = std::move(next);
    };
    if (config_.schema != NumberSchema::Unchanged)
        take([this] { return "schema " + name_of(config_.schema); }, by_schema(direction, field, now));
    for (const Rule& rule : rules_)
        if (rule.rule.direction == direction && rule.rule.field == field)
            take([&rule] { return in_words(rule.rule); }, rule.apply(now));
    return now;
}

std::string NumberPlan::by_schema(RuleDirection direction, RuleField field, const std::string& number) const {
    const std::string plain = without_separators(number);
    if (!is_number(plain)) return number;
    const bool to_pbx = direction == RuleDirection::ToPbx;
    switch (config_.schema) {
    case NumberSchema::Unchanged: return number;
    case NumberSchema::E164:
        if (to_pbx) return e164(field, plain);
        // Our users are known by their extensions.
        return field == RuleField::Called && !config_.location.empty() &&
                       plain.starts_with(config_.location) && plain.size() > config_.location.size()
                   ? plain.substr(config_.location.size())
                   : number;
    case NumberSchema::Internal: return to_pbx ? internal(plain) : number;
    }
    return number;
}

/// An extension that is called stays one: it is a number of the PBX's own, maybe a hidden one (PBX-05).
std::string NumberPlan::e164(RuleField field, const std::string& number) const {
    if (number.starts_with('+')) return number;
    if (!config_.international.empty() && number.starts_with(config_.international))
        return '+' + number.substr(config_.international.size());
    if (!config_.national.empty() && number.starts_with(config_.national))
        return '+' + config_.country + number.substr(config_.national.size());
    return field == RuleField::Calling ? config_.location + number : number;
}

std::string NumberPlan::internal(const std::string& number) const {
    if (!number.starts_with('+')) return number;
    if (!config_.location.empty() && number.starts_with(config_.location) &&
        number.size() > config_.location.size())
        return number.substr(config_.location.size());
    if (!config_.country.empty() && number.substr(1).starts_with(config_.country))
        return config_.national + number.substr(1 + config_.country.size());
    return config_.international + number.substr(1);
}

std::string NumberPlan::fault(std::string_view extension) const {
    if (config_.schema != NumberSchema::E164) return {};
    const std::string number = apply(RuleDirection::ToPbx, RuleField::Calling, extension);
    if (!number.starts_with('+')) return number + " is no E.164 number: it does not begin with +";
    if (!is_number(number)) return number + " is no E.164 number: it has more than digits";
    const std::size_t digits = number.size() - 1;
    if (number[1] == '0') return number + " is no E.164 number: no country code begins with 0";
    if (digits > kMostDigits) return number + " has " + std::to_string(digits) + " digits; E.164 allows 15";
    if (digits < kLeastDigits) return number + " has only " + std::to_string(digits) + " digits";
    return {};
}

} // namespace wakeline::trunk
