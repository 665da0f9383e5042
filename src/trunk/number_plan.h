// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "trunk/config.h"

namespace wakeline::trunk {

/// How a trunk's numbers are rewritten on the way to the PBX and back: first the schema, then the rules in
/// their order, each on what the one before left. What is no number stays as it is, and without a schema and
/// rules everything does.
///
/// Regular expressions are RE2's: dial strings come from strangers, and RE2 takes time in proportion to their
/// length whatever the pattern, where std::regex may take for ever or all of the stack.
class NumberPlan {
public:
    /// What one of them did.
    struct Step {
        std::string rule; // in words
        std::string result;
        bool changed = false;
    };

    /// An error names the rule that makes no sense.
    static Result<NumberPlan> create(const NumberConfig& config);
    NumberPlan(NumberPlan&&) noexcept;
    NumberPlan& operator=(NumberPlan&&) noexcept;
    ~NumberPlan();

    std::string apply(RuleDirection direction, RuleField field, std::string_view number) const;
    std::vector<Step> explain(RuleDirection direction, RuleField field, std::string_view number) const;
    /// Why that extension of ours has no good E.164 number on this trunk, whose schema asks for one; empty
    /// when all is well.
    std::string fault(std::string_view extension) const;

private:
    struct Rule;

    NumberPlan(NumberConfig config, std::vector<Rule> rules);
    std::string run(RuleDirection direction, RuleField field, std::string_view number,
                    std::vector<Step>* steps) const;
    std::string by_schema(RuleDirection direction, RuleField field, const std::string& number) const;
    std::string e164(RuleField field, const std::string& number) const;
    std::string internal(const std::string& number) const;

    NumberConfig config_;
    std::vector<Rule> rules_;
};

} // namespace wakeline::trunk
