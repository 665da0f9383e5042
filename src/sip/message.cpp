// SPDX-License-Identifier: Apache-2.0
#include "sip/message.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "sip/grammar.h"
#include "sip/header_name.h"
#include "sip/methods.h"
#include "sip/start_line.h"

namespace wakeline::sip {

namespace {

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

/// 1*DIGIT, saturated; nothing when it is none.
std::optional<std::uint32_t> saturated(std::string_view digits) {
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    return parse_unsigned<std::uint32_t>(digits).value_or(std::numeric_limits<std::uint32_t>::max());
}

/// What every message has once, and what it says when that is not so.
struct Basic {
    std::string_view name, none, twice;
};
constexpr Basic kBasics[] = {
    {"From", "no From", "two From headers"},
    {"To", "no To", "two To headers"},
    {"Call-ID", "no Call-ID", "two Call-ID headers"},
    {"CSeq", "no CSeq", "two CSeq headers"},
};

} // namespace

struct Message::Parsed {
    std::string text; // without folding
    std::variant<RequestLine, StatusLine, BadStartLine> start;
    std::vector<HeaderLine> lines; // in order, with long names
    Uri request_uri;
    NameAddr from, to;
    CSeq cseq;
    Via top_via;
    std::optional<std::uint32_t> max_forwards;
    std::string_view call_id, body;

    /// What is wrong, for the answer; an empty `why` is nothing.
    struct Objection {
        int status = 400;
        std::string_view why;
    };
    Objection read(const MessageLimits& limits);
    Objection read_start_line();

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
    void unfold(std::size_t header_size);
    void index_lines(std::string_view headers);
    std::string_view check_basics() const;
    std::string_view convert();
    std::string_view convert_via();
};

Message::Parsed::Objection Message::Parsed::read_start_line() {
    start = parse_start_line(std::string_view(text).substr(0, text.find('\r')));
    if (const auto* bad = std::get_if<BadStartLine>(&start)) return {bad->status, bad->why};
    const auto* request = std::get_if<RequestLine>(&start);
    return {400, request != nullptr ? request_uri.read(request->uri) : std::string_view{}};
}

/// Finds the message's own end. What the scan lets pass has lines of a name, a colon and a value.
Message::Parsed::Objection Message::Parsed::read(const MessageLimits& limits) {
    lines.reserve(24);
    HeaderScan scan(limits, lines);
    switch (scan.scan(text)) {
    case HeaderScan::State::More: return {400, "no empty line after the headers"};
    case HeaderScan::State::Refused: return {scan.status(), scan.why()};
    case HeaderScan::State::Complete: break;
    }
    if (!scan.flaw().empty()) return {400, scan.flaw()};
    const std::size_t rest = text.size() - scan.header_size();
    const std::size_t body_size = scan.content_length().value_or(rest);
    if (body_size > rest) return {400, "a body shorter than its Content-Length"};
    if (body_size > limits.body_bytes) return {413, "body too long"};
    text.resize(scan.header_size() + body_size);
    if (scan.folded()) unfold(scan.header_size());
    body = std::string_view(text).substr(text.size() - body_size);
    const std::string_view flaw = check_basics();
    return {400, flaw.empty() ? convert() : flaw};
}

void Message::Parsed::unfold(std::size_t header_size) {
    const std::string body_as_it_is = text.substr(header_size);
    text = unfolded(std::string_view(text).substr(0, header_size)).append(body_as_it_is);
    start = parse_start_line(std::string_view(text).substr(0, text.find('\r'))); // where it is now
    lines.clear();
    index_lines(std::string_view(text).substr(0, text.size() - body_as_it_is.size()));
}

void Message::Parsed::index_lines(std::string_view headers) {
    std::size_t end = headers.find("\r\n");
    while (true) {
        const std::size_t begin = end + 2;
        end = headers.find("\r\n", begin);
        if (end == begin || end == std::string_view::npos) return; // the empty line
        HeaderLine line;
        if (!HeaderLine::split(headers.substr(begin, end - begin), line)) continue;
        line.name = long_name(line.name);
        lines.push_back(line);
    }
}

std::string_view Message::Parsed::check_basics() const {
    for (const Basic& basic : kBasics) {
        const auto count = std::ranges::count_if(
            lines, [&](const HeaderLine& line) { return iequals(line.name, basic.name); });
        if (count != 1) return count == 0 ? basic.none : basic.twice;
    }
    return {};
}

/// Converts what everybody asks for, which holds it to the grammar of RFC 3261 25.1. The reason why not;
/// empty when all is well.
std::string_view Message::Parsed::convert() {
    if (!from.read(first("From")).empty()) return "a From that is wrong";
    if (!to.read(first("To")).empty()) return "a To that is wrong";
    auto cseq_value = CSeq::parse(first("CSeq"));
    if (!cseq_value) return "a CSeq that is wrong";
    cseq = std::move(*cseq_value);
    call_id = first("Call-ID");
    if (!is_call_id(call_id)) return "a Call-ID that is wrong";
    bool good_hops = true; // RFC 3261 20.22
    each_value("Max-Forwards", [&](std::string_view value) {
        good_hops = !max_forwards && (max_forwards = saturated(value)).has_value();
        return good_hops;
    });
    if (!good_hops) return "a Max-Forwards that is wrong or there twice";
    return convert_via();
}

std::string_view Message::Parsed::convert_via() {
    std::string_view vias = first("Via");
    if (vias.data() == nullptr) return "no Via";
    const std::string_view via = grammar::next_of_list(vias);
    if (via.empty()) return "an empty Via";
    return top_via.read(via).empty() ? "" : "a Via that is wrong";
}

std::variant<Message, Refusal> Message::parse(std::string_view bytes, const MessageLimits& limits) {
    bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
    auto parsed = std::make_unique<Parsed>();
    parsed->text = bytes;
    if (const auto objection = parsed->read_start_line(); !objection.why.empty())
        return refuse(bytes, objection.status, std::string(objection.why));
    const auto objection = parsed->read(limits);
    if (objection.why.empty()) return Message(std::move(parsed));
    // A method that nobody knows is said to be so, whatever else is wrong: RFC 3261 8.2 looks at it first.
    const auto* request = std::get_if<RequestLine>(&parsed->start);
    const bool known = request == nullptr || is_known_method(request->method);
    return refuse(bytes, known ? objection.status : 501, std::string(objection.why));
}

Message::Message(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
Message::Message(Message&&) noexcept = default;
Message& Message::operator=(Message&&) noexcept = default;
Message::~Message() = default;

bool Message::is_request() const noexcept { return std::holds_alternative<RequestLine>(parsed_->start); }

std::string_view Message::method() const noexcept {
    const auto* request = std::get_if<RequestLine>(&parsed_->start);
    return request != nullptr ? request->method : parsed_->cseq.method;
}

const Uri& Message::request_uri() const { return parsed_->request_uri; }

int Message::status() const noexcept {
    const auto* line = std::get_if<StatusLine>(&parsed_->start);
    return line == nullptr ? 0 : line->status;
}

std::string_view Message::reason() const noexcept {
    const auto* line = std::get_if<StatusLine>(&parsed_->start);
    return line == nullptr ? std::string_view{} : line->reason;
}

std::string_view Message::call_id() const noexcept { return parsed_->call_id; }
const CSeq& Message::cseq() const noexcept { return parsed_->cseq; }
const NameAddr& Message::from() const noexcept { return parsed_->from; }
const NameAddr& Message::to() const noexcept { return parsed_->to; }
const Via& Message::top_via() const noexcept { return parsed_->top_via; }

std::size_t Message::via_count() const {
    std::size_t count = 0;
    parsed_->each_value("Via", [&](std::string_view value) {
        count += value.find(',') == std::string_view::npos ? 1 : grammar::split_list(value).size();
        return true;
    });
    return count;
}

std::vector<NameAddr> Message::contacts() const { return addresses("Contact"); }
std::vector<NameAddr> Message::routes() const { return addresses("Route"); }
std::vector<NameAddr> Message::record_routes() const { return addresses("Record-Route"); }

std::vector<NameAddr> Message::addresses(std::string_view name) const {
    std::vector<NameAddr> list;
    parsed_->each_value(name, [&](std::string_view value) {
        for (auto element = grammar::next_of_list(value); !element.empty();
             element = grammar::next_of_list(value))
            if (NameAddr address; address.read(element).empty()) list.push_back(std::move(address));
        return true;
    });
    return list;
}

bool Message::contact_star() const { return parsed_->first("Contact") == "*"; }

std::optional<std::uint32_t> Message::expires() const { return saturated(parsed_->first("Expires")); }
std::optional<std::uint32_t> Message::max_forwards() const { return parsed_->max_forwards; }

std::optional<std::string> Message::header(std::string_view name) const {
    std::optional<std::string> found;
    parsed_->each_value(name, [&](std::string_view value) {
        found = std::string(value);
        return false;
    });
    return found;
}

std::string_view Message::first(std::string_view name) const { return parsed_->first(name); }

void Message::each_value(std::string_view name, const std::function<void(std::string_view)>& visit) const {
    parsed_->each_value(name, [&](std::string_view value) {
        visit(value);
        return true;
    });
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
    bool found = false;
    parsed_->each_value(name, [&](std::string_view value) {
        for (auto one = grammar::next_of_list(value); !one.empty(); one = grammar::next_of_list(value))
            found = found || iequals(one, token);
        return !found;
    });
    return found;
}

void Message::each_header(const std::function<void(std::string_view, std::string_view)>& visit) const {
    for (const HeaderLine& line : parsed_->lines)
        visit(line.name, line.value);
}

std::string_view Message::body() const noexcept { return parsed_->body; }
std::size_t Message::size() const noexcept { return parsed_->text.size(); }

std::string Message::content_type() const {
    const std::string_view value = parsed_->first("Content-Type");
    return lower(trim(value.substr(0, value.find(';'))));
}

} // namespace wakeline::sip
