// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "call/config.h"
#include "call/dialogs.h"
#include "call/header_table.h"
#include "call/host_hiding.h"
#include "sip/builder.h"
#include "sip/transport.h"

namespace wakeline::call {

/// What of one message goes into the message for the other side.
struct Relayed {
    std::vector<std::pair<std::string, std::string>> headers;
    std::string content_type, body;    // without SDP: that one the media module writes
    std::optional<std::size_t> sdp_at; // in a multipart body: where the SDP stood
    bool operator==(const Relayed&) const = default;

    /// Adds the headers, and the body if there is one.
    void add_to(sip::Builder& builder) const;
    /// Adds an SDP as the body, or where it belongs in the body; after `add_to`.
    void put_sdp(sip::Builder& builder, std::string_view sdp) const;
    void set(std::string_view name, std::string value);
    void remove(std::string_view name);
    const std::string* find(std::string_view name) const;
    bool has_tag(std::string_view header, std::string_view option) const;
    /// Adds one option tag to that header, which may not be there yet.
    void add_option(std::string_view header, std::string_view option);
    /// Takes one option tag out of Supported and Require.
    void remove_option(std::string_view option);
};

/// Applies the table of call/header_table.h in one direction.
class HeaderPolicy {
public:
    struct Terms {
        const Dialogs& dialogs;
        bool digest_end_to_end = true;      // else credentials are for us, and stay here
        const HeaderRules* rules = nullptr; // of the configuration; outlive it
        bool from_pbx = false;              // also towards the PBX: it gets its own words back
    };
    /// `toward`: the side that will read the result.
    HeaderPolicy(sip::Side toward, HostHiding hosts, const Terms& terms)
        : toward_(toward), hosts_(std::move(hosts)), terms_(terms) {}

    Relayed relay(const sip::Message& message) const;
    const HostHiding& hosts() const noexcept { return hosts_; }

private:
    bool passes(const header_table::Rule* rule, std::string_view name, const sip::Message& message) const;
    std::optional<std::string> edited(header_table::Edit edit, std::string_view value) const;
    void relay_body(const sip::Message& message, Relayed& relayed) const;
    std::string edited_body(const sip::Message& message) const;

    sip::Side toward_;
    HostHiding hosts_;
    Terms terms_;
};

/// The option tags of `value` that work through us, as a list.
std::string relayed_options(std::string_view value);

/// `Refer-To` with its host hidden. The dialog in `?Replaces=` is named as the PBX knows it (RFC 3891, RFC
/// 5589): a phone that is referred says it to the PBX.
std::string relayed_refer_to(std::string_view value, sip::Side toward, const HostHiding& hosts,
                             const Dialogs& dialogs);

} // namespace wakeline::call
