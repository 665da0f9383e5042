// SPDX-License-Identifier: Apache-2.0
#include "sip/message.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "sip/grammar.h"
#include "sip/header_name.h"
#include "sip/methods.h"
#include "sip/sofia.h"
#include "sip/start_line.h"

namespace wakeline::sip {

namespace {

/// A header line of sofia's chain as it came; empty for the start line, the separator, the body, and for all
/// but the first value of a comma list (which has the text of the whole line).
std::string_view raw_line(const sip_t* sip, const sip_header_t* header) {
    const auto* common = header->sh_common;
    const auto* type = common->h_class;
    if (header == reinterpret_cast<const sip_header_t*>(sip->sip_request) ||
        header == reinterpret_cast<const sip_header_t*>(sip->sip_status) || type == sip_separator_class ||
        type == sip_payload_class)
        return {};
    return {static_cast<const char*>(common->h_data), common->h_len};
}

/// RFC 3261 7.3.1: a line break before a space means that space. From here on a value has no line breaks.
std::string unfolded(std::string_view headers) {
    std::string out;
    out.reserve(headers.size());
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const bool fold = headers.substr(i).starts_with("\r\n") && i + 2 < headers.size() &&
                          (headers[i + 2] == ' ' || headers[i + 2] == '\t');
        if (fold)
            ++i;
        else
            out += headers[i];
    }
    return out;
}

/// RFC 3261 25.1: words and an '@'. We are content with what cannot be taken for two.
bool is_call_id(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet > 0x20 && octet != 0x7f;
    });
}

std::uint32_t saturated(unsigned long value) {
    return static_cast<std::uint32_t>(
        std::min<unsigned long>(value, std::numeric_limits<std::uint32_t>::max()));
}

} // namespace

struct Message::Parsed {
    SofiaMessage message;
    const sip_t* sip = nullptr;
    std::vector<HeaderLine> lines; // in order, with long names
    Uri request_uri;
    NameAddr from, to;
    CSeq cseq;
    Via top_via;
    std::string_view call_id, body;
    std::size_t size = 0;

    /// What is wrong, for the answer; an empty `why` is nothing.
    struct Objection {
        int status = 400;
        std::string_view why;
    };
    Objection read(std::string_view bytes, const MessageLimits& limits);

    /// Calls `visit` with the value of each line of that header until it returns false.
    template <class Visit>
    void each_value(std::string_view name, Visit visit) const {
        const std::string_view wanted = long_name(name);
        for (const HeaderLine& line : lines)
            if (iequals(line.name, wanted) && !visit(line.value)) return;
    }

    std::string_view first(std::string_view name) const {
        std::string_view found;
        each_value(name, [&](std::string_view value) {
            found = value;
            return false;
        });
        return found;
    }

private:
    Objection read_with_sofia(std::string_view bytes);
    void index_lines();
    std::string_view convert();
    std::string_view convert_via();
};

/// Finds the message's own end, and keeps from sofia what it must not see (sip/header_scan.h).
Message::Parsed::Objection Message::Parsed::read(std::string_view bytes, const MessageLimits& limits) {
    HeaderScan scan(limits);
    switch (scan.scan(bytes)) {
    case HeaderScan::State::More: return {400, "no empty line after the headers"};
    case HeaderScan::State::Refused: return {scan.status(), scan.why()};
    case HeaderScan::State::Complete: break;
    }
    if (!scan.flaw().empty()) return {400, scan.flaw()};
    const std::string_view rest = bytes.substr(scan.header_size());
    const std::size_t body_size = scan.content_length().value_or(rest.size());
    if (body_size > rest.size()) return {400, "a body shorter than its Content-Length"};
    if (body_size > limits.body_bytes) return {413, "body too long"};
    if (!scan.folded()) return read_with_sofia(bytes.substr(0, scan.header_size() + body_size));
    std::string headers = unfolded(bytes.substr(0, scan.header_size()));
    return read_with_sofia(headers.append(rest.substr(0, body_size)));
}

Message::Parsed::Objection Message::Parsed::read_with_sofia(std::string_view bytes) {
    size = bytes.size();
    message = sofia_parse(bytes);
    if (!message) return {500, "out of memory"};
    sip = sip_object(message.get());
    if (sip->sip_request == nullptr && sip->sip_status == nullptr) return {400, "a start line that is wrong"};
    if (!msg_is_complete(message.get())) return {400, "an incomplete message"};
    if (msg_has_error(message.get())) return {400, "a critical header that is wrong"};
    constexpr unsigned basic = sip_mask_request | sip_mask_response;
    if ((msg_extract_errors(message.get()) & basic) != 0)
        return {400, "From, To, Call-ID, CSeq or Via that is wrong or there twice"};
    if (sip->sip_via == nullptr) return {400, "no Via"};
    if (sip->sip_from == nullptr) return {400, "no From"};
    if (sip->sip_to == nullptr) return {400, "no To"};
    if (sip->sip_call_id == nullptr) return {400, "no Call-ID"};
    if (sip->sip_cseq == nullptr) return {400, "no CSeq"};
    if (const auto* payload = sip->sip_payload) body = {payload->pl_data, payload->pl_len};
    index_lines();
    return {400, convert()};
}

void Message::Parsed::index_lines() {
    lines.reserve(24);
    for (const sip_header_t* h = *msg_chain_head(message.get()); h != nullptr; h = h->sh_succ) {
        HeaderLine line;
        const std::string_view raw = raw_line(sip, h);
        if (raw.empty() || !HeaderLine::split(raw, line)) continue;
        line.name = long_name(line.name);
        lines.push_back(line);
    }
}

/// Converts what everybody asks for, which also holds it to a stricter grammar than sofia's. The reason why
/// not; empty when all is well.
std::string_view Message::Parsed::convert() {
    auto from_value = NameAddr::parse(first("From"));
    if (!from_value) return "a From that is wrong";
    auto to_value = NameAddr::parse(first("To"));
    if (!to_value) return "a To that is wrong";
    auto cseq_value = CSeq::parse(first("CSeq"));
    if (!cseq_value) return "a CSeq that is wrong";
    call_id = first("Call-ID");
    if (!is_call_id(call_id)) return "a Call-ID that is wrong";
    from = std::move(*from_value);
    to = std::move(*to_value);
    cseq = std::move(*cseq_value);
    return convert_via();
}

std::string_view Message::Parsed::convert_via() {
    const auto vias = grammar::split_list(first("Via"));
    if (vias.empty()) return "an empty Via";
    auto via = Via::parse(vias.front());
    if (!via) return "a Via that is wrong";
    top_via = std::move(*via);
    return {};
}

std::variant<Message, Refusal> Message::parse(std::string_view bytes, const MessageLimits& limits) {
    bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
    const auto start = parse_start_line(bytes.substr(0, bytes.find('\r')));
    if (const auto* bad = std::get_if<BadStartLine>(&start))
        return refuse(bytes, bad->status, std::string(bad->why));

    auto parsed = std::make_unique<Parsed>();
    const auto* request = std::get_if<RequestLine>(&start);
    if (request != nullptr) {
        auto uri = Uri::parse(request->uri);
        if (!uri) return refuse(bytes, 400, uri.error().message);
        parsed->request_uri = std::move(*uri);
    }
    const auto objection = parsed->read(bytes, limits);
    if (objection.why.empty()) return Message(std::move(parsed));
    // A method that nobody knows is said to be so, whatever else is wrong: RFC 3261 8.2 looks at it first.
    const bool known = request == nullptr || is_known_method(request->method);
    return refuse(bytes, known ? objection.status : 501, std::string(objection.why));
}

Message::Message(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
Message::Message(Message&&) noexcept = default;
Message& Message::operator=(Message&&) noexcept = default;
Message::~Message() = default;

bool Message::is_request() const noexcept { return parsed_->sip->sip_request != nullptr; }

std::string_view Message::method() const noexcept {
    return is_request() ? parsed_->sip->sip_request->rq_method_name : std::string_view(parsed_->cseq.method);
}

const Uri& Message::request_uri() const { return parsed_->request_uri; }

int Message::status() const noexcept { return is_request() ? 0 : parsed_->sip->sip_status->st_status; }

std::string_view Message::reason() const noexcept {
    const char* phrase = is_request() ? nullptr : parsed_->sip->sip_status->st_phrase;
    return phrase == nullptr ? std::string_view{} : phrase;
}

std::string_view Message::call_id() const noexcept { return parsed_->call_id; }
const CSeq& Message::cseq() const noexcept { return parsed_->cseq; }
const NameAddr& Message::from() const noexcept { return parsed_->from; }
const NameAddr& Message::to() const noexcept { return parsed_->to; }
const Via& Message::top_via() const noexcept { return parsed_->top_via; }

std::size_t Message::via_count() const noexcept {
    std::size_t count = 0;
    for (const auto* via = parsed_->sip->sip_via; via != nullptr; via = via->v_next)
        ++count;
    return count;
}

std::vector<NameAddr> Message::contacts() const { return addresses("Contact"); }
std::vector<NameAddr> Message::routes() const { return addresses("Route"); }
std::vector<NameAddr> Message::record_routes() const { return addresses("Record-Route"); }

std::vector<NameAddr> Message::addresses(std::string_view name) const {
    std::vector<NameAddr> list;
    parsed_->each_value(name, [&](std::string_view value) {
        for (const std::string_view element : grammar::split_list(value))
            if (auto address = NameAddr::parse(element)) list.push_back(std::move(*address));
        return true;
    });
    return list;
}

bool Message::contact_star() const { return parsed_->first("Contact") == "*"; }

std::optional<std::uint32_t> Message::expires() const {
    const auto* expires = parsed_->sip->sip_expires;
    return expires == nullptr ? std::nullopt : std::optional(saturated(expires->ex_delta));
}

std::optional<std::uint32_t> Message::max_forwards() const {
    const auto* hops = parsed_->sip->sip_max_forwards;
    return hops == nullptr ? std::nullopt : std::optional(saturated(hops->mf_count));
}

std::optional<std::string> Message::header(std::string_view name) const {
    std::optional<std::string> found;
    parsed_->each_value(name, [&](std::string_view value) {
        found = std::string(value);
        return false;
    });
    return found;
}

std::vector<std::string> Message::headers(std::string_view name) const {
    std::vector<std::string> values;
    parsed_->each_value(name, [&](std::string_view value) {
        values.emplace_back(value);
        return true;
    });
    return values;
}

std::vector<std::string> Message::tokens(std::string_view name) const {
    std::vector<std::string> tokens;
    parsed_->each_value(name, [&](std::string_view value) {
        for (const std::string_view element : grammar::split_list(value))
            tokens.emplace_back(element);
        return true;
    });
    return tokens;
}

bool Message::has_token(std::string_view name, std::string_view token) const {
    return std::ranges::any_of(tokens(name), [&](const std::string& one) { return iequals(one, token); });
}

void Message::each_header(const std::function<void(std::string_view, std::string_view)>& visit) const {
    for (const HeaderLine& line : parsed_->lines)
        visit(line.name, line.value);
}

std::string_view Message::body() const noexcept { return parsed_->body; }
std::size_t Message::size() const noexcept { return parsed_->size; }

std::string Message::content_type() const {
    const std::string_view value = parsed_->first("Content-Type");
    return lower(trim(value.substr(0, value.find(';'))));
}

} // namespace wakeline::sip
