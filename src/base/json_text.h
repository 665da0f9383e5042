// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace wakeline {

/// JSON written front to back into one string, for what is written once and thrown away: a push, a record.
/// Any octets make a valid text: what is no UTF-8 becomes U+FFFD.
class JsonText {
public:
    /// Without a name: the outermost object, or one in a list.
    JsonText& open(std::string_view name = {});
    JsonText& close();
    JsonText& open_list(std::string_view name = {});
    JsonText& close_list();

    JsonText& text(std::string_view name, std::string_view value);
    JsonText& number(std::string_view name, long long value);
    JsonText& real(std::string_view name, double value); // what is no number: null
    JsonText& flag(std::string_view name, bool value);

    std::size_t size() const noexcept { return out_.size(); }
    std::string take() { return std::move(out_); }

private:
    void begin(std::string_view name);
    void quote(std::string_view value);

    std::string out_;
};

} // namespace wakeline
