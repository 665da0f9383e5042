// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "fakes/sip_text.h"
#include "sip/framing.h"
#include "sip/request_check.h"

// proves: scenario 51: the messages of RFC 4475 and RFC 5118, one line each. Where the RFC leaves a choice,
// the table says what we chose.

using namespace wakeline::sip;
using namespace wakeline::test;

namespace {

/// What becomes of a message: acted upon, dropped, or answered with that status.
enum Fate : int { Accepted = 1, Dropped = 0 };

struct Expectation {
    std::string_view file;
    int datagram;            // a Fate, or the status of the answer
    std::string_view stream; // what the framer makes of it on a connection; see `on_stream`
};

// clang-format off
constexpr Expectation kRfc4475[] = {
    // 3.1.1 valid messages
    {"wsinv",      Accepted, "INVITE"},
    {"intmeth",    501,      "!interesting-Method0123456789_*+`.%indeed'~"},
    {"esc01",      Accepted, "INVITE"},
    {"escnull",    Accepted, "REGISTER"},
    {"esc02",      501,      "RE%47IST%45R"},
    {"lwsdisp",    Accepted, "OPTIONS"},
    {"longreq",    Accepted, "INVITE"},
    {"dblreq",     Accepted, "REGISTER INVITE broken"},  // UDP: the second is ignored; here it is a message
    {"semiuri",    Accepted, "OPTIONS"},
    {"transports", Accepted, "OPTIONS"},
    {"mpart01",    Accepted, "MESSAGE"},
    {"unreason",   Accepted, "SIP/2.0"},                 // then matches no transaction
    {"noreason",   Accepted, "SIP/2.0"},
    // 3.1.2 invalid messages
    {"badinv01",   400,      "INVITE"},
    {"clerr",      400,      "waiting"},                 // until the connection's patience ends
    {"ncl",        400,      "broken 400"},
    {"scalar02",   400,      "REGISTER"},
    {"scalarlg",   Dropped,  "SIP/2.0"},
    {"quotbal",    400,      "INVITE"},
    {"ltgtruri",   400,      "INVITE"},
    {"lwsruri",    400,      "INVITE"},
    {"lwsstart",   400,      "INVITE"},
    {"trws",       400,      "OPTIONS"},
    {"escruri",    400,      "INVITE"},
    {"baddate",    Accepted, "INVITE"},                  // the Date is nobody's business
    {"regbadct",   400,      "REGISTER"},
    {"badaspec",   400,      "OPTIONS"},
    {"baddn",      400,      "waiting"},                 // published without its empty line
    {"badvers",    505,      "OPTIONS"},
    {"mismatch01", 400,      "OPTIONS"},
    {"mismatch02", 501,      "NEWMETHOD"},
    {"bigcode",    Dropped,  "SIP/2.0"},
    // 3.2 transaction layer
    {"badbranch",  400,      "OPTIONS"},
    // 3.3 application layer
    {"insuf",      400,      "INVITE"},
    {"unkscm",     416,      "OPTIONS"},
    {"novelsc",    416,      "OPTIONS"},
    {"unksm2",     400,      "REGISTER"},
    {"bext01",     420,      "OPTIONS"},
    {"invut",      415,      "INVITE"},
    {"regaut01",   Accepted, "REGISTER"},                // the registrar challenges anew
    {"multi01",    400,      "INVITE"},
    {"mcl01",      400,      "broken 400"},
    {"bcast",      Dropped,  "SIP/2.0"},
    {"zeromf",     483,      "OPTIONS"},
    {"cparam01",   Accepted, "REGISTER"},
    {"cparam02",   Accepted, "REGISTER"},
    {"regescrt",   Accepted, "REGISTER"},
    {"sdp01",      406,      "INVITE"},
    // 3.4 backward compatibility
    {"inv2543",    400,      "broken 400"},              // no From tag; on a stream no Content-Length
};

constexpr Expectation kRfc5118[] = {
    {"wire/ipv6-good",                             Accepted, "REGISTER"},
    {"wire/ipv6-bad",                              400,      "REGISTER"},
    {"wire/port-ambiguous",                        Accepted, "REGISTER"},
    {"wire/port-unambiguous",                      Accepted, "REGISTER"},
    {"wire/via-received-param-with-delim",         Accepted, "BYE"},
    {"wire/via-received-param-no-delim",           Accepted, "OPTIONS"},
    {"wire/ipv6-in-sdp",                           400,      "waiting"},         // Content-Length too large
    {"wire-cl-corrected/ipv6-in-sdp",              Accepted, "INVITE"},
    {"wire/mult-ip-in-header",                     Accepted, "BYE"},
    {"wire/mult-ip-in-sdp",                        Accepted, "INVITE waiting"},  // Content-Length too small
    {"wire-cl-corrected/mult-ip-in-sdp",           Accepted, "INVITE"},
    {"wire/ipv4-mapped-ipv6",                      Accepted, "INVITE waiting"},
    {"wire-cl-corrected/ipv4-mapped-ipv6",         Accepted, "INVITE"},
    {"wire/ipv6-bug-abnf-3-colons",                400,      "OPTIONS"},
    {"wire/ipv6-correct-abnf-2-colons",            Accepted, "OPTIONS"},
};
// clang-format on

const std::filesystem::path kData = std::filesystem::path(__FILE__).parent_path() / "../data";

std::string contents(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file, path.string());
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string rfc4475(std::string_view name) {
    return contents(kData / "rfc4475" / std::string(name).append(".dat"));
}
std::string rfc5118(std::string_view name) {
    return contents(kData / "rfc5118" / std::string(name).append(".sip"));
}

int on_datagram(const std::string& bytes) {
    const auto result = Message::parse(bytes);
    if (const auto* refusal = std::get_if<Refusal>(&result)) {
        CHECK(refusal->response.empty() == (refusal->status == 0));
        return refusal->status;
    }
    const auto& message = std::get<Message>(result);
    if (message.is_response()) return response_check(message) ? Accepted : Dropped;
    const auto verdict = request_check(message);
    return verdict ? verdict->status : Accepted;
}

/// The first word of each message cut out, "broken" with the status of the answer if there is one, "waiting"
/// when something is left.
std::string on_stream(const std::string& bytes) {
    StreamFramer framer;
    framer.add(bytes);
    std::string seen;
    const auto note = [&](std::string_view word) { seen.append(seen.empty() ? "" : " ").append(word); };
    while (auto event = framer.next()) {
        if (const auto* frame = std::get_if<StreamFramer::Frame>(&*event))
            note(frame->bytes.substr(0, frame->bytes.find(' ')));
        if (const auto* broken = std::get_if<StreamFramer::Broken>(&*event)) {
            note("broken");
            if (!broken->response.empty()) note(broken->response.substr(8, 3));
        }
    }
    if (framer.mid_message()) note("waiting");
    return seen;
}

template <std::size_t N>
std::set<std::string> names(const Expectation (&table)[N]) {
    std::set<std::string> all;
    for (const Expectation& expected : table)
        all.emplace(expected.file);
    return all;
}

} // namespace

TEST_SUITE_BEGIN("sip/torture");

TEST_CASE("every message of RFC 4475 meets its fate, as a datagram and on a connection") {
    for (const Expectation& expected : kRfc4475) {
        CAPTURE(expected.file);
        const std::string bytes = rfc4475(expected.file);
        CHECK(on_datagram(bytes) == expected.datagram);
        CHECK(on_stream(bytes) == expected.stream);
    }
}

TEST_CASE("every message of RFC 5118 meets its fate, as a datagram and on a connection") {
    for (const Expectation& expected : kRfc5118) {
        CAPTURE(expected.file);
        const std::string bytes = rfc5118(expected.file);
        CHECK(on_datagram(bytes) == expected.datagram);
        CHECK(on_stream(bytes) == expected.stream);
    }
}

TEST_CASE("no message is forgotten in the tables") {
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(kData / "rfc4475"))
        files.insert(entry.path().stem());
    CHECK(files == names(kRfc4475));
    CHECK(files.size() == 49);
    files.clear();
    for (const char* folder : {"wire", "wire-cl-corrected"})
        for (const auto& entry : std::filesystem::directory_iterator(kData / "rfc5118" / folder))
            files.insert(std::string(folder) + "/" + entry.path().stem().string());
    CHECK(files == names(kRfc5118));
}

TEST_CASE("wsinv: every odd but legal spelling is read") {
    const Message m = parsed(rfc4475("wsinv"));
    CHECK(m.request_uri().params.has("unknownparam"));
    CHECK(m.to_tag() == "1918181833n");
    CHECK(m.from().display == "J Rosenberg \\\"");
    CHECK(m.from_tag() == "98asjd8");
    CHECK(m.max_forwards() == 68);
    CHECK(m.cseq() == CSeq{9, "INVITE"});
    CHECK(m.via_count() == 3);
    CHECK(m.top_via().host == "192.0.2.2");
    CHECK(m.top_via().branch == "390skdjuw");
    CHECK(m.header("Subject") == "");
    CHECK(m.header("newfangledheader") == "newfangled value continued newfangled value");
    CHECK(m.header("UnknownHeaderWithUnusualValue") == ";;,,;;,;");
    REQUIRE(m.contacts().size() == 1);
    CHECK(m.contacts()[0].params.get("q") == "0.33");
    CHECK(m.contacts()[0].params.get("newparam") == "newvalue");
    CHECK(m.routes().at(0).uri.params.has("lr"));
    CHECK(m.body().size() == 150);
}

TEST_CASE("intmeth: the answer repeats every octet, the NUL too, and lists our methods") {
    const std::string response = refused(rfc4475("intmeth")).response;
    CHECK(response.starts_with("SIP/2.0 501 Not Implemented\r\n"));
    CHECK(response.find(std::string("\"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f\"", 22)) != std::string::npos);
    CHECK(response.find("branch=z9hG4bK-.!%66*_+`'~\r\n") != std::string::npos);
    CHECK(response.find("\r\nAllow: INVITE") != std::string::npos);
}

TEST_CASE("esc01: escapes are undone for comparison alone") {
    const Message m = parsed(rfc4475("esc01"));
    CHECK(m.request_uri().decoded_user() == "sips:user@example.com");
    CHECK(m.to().uri.aor() == "sip:user@example.com");
    CHECK(m.to().uri.user == "%75se%72");
    CHECK(m.from().uri.decoded_user() == "I have spaces");
    CHECK(m.contacts().at(0).uri.params.get("%6C%72") == "");
}

TEST_CASE("escnull: two contacts that differ only in their NULs are two") {
    const auto contacts = parsed(rfc4475("escnull")).contacts();
    REQUIRE(contacts.size() == 2);
    CHECK_FALSE(contacts[0].uri.equivalent(contacts[1].uri));
    CHECK(contacts[1].uri.decoded_user().size() == 2);
}

TEST_CASE("esc02: a method is not unescaped, nor is a header name") {
    const Message m = parsed(rfc4475("esc02"));
    CHECK(m.method() == "RE%47IST%45R");
    CHECK(m.contacts().size() == 2);
    CHECK(m.to().display == "%Z%45");
}

TEST_CASE("longreq: nothing is cut short") {
    const Message m = parsed(rfc4475("longreq"));
    CHECK(m.via_count() == 34);
    CHECK(m.from().uri.user.size() == 115);
    CHECK(std::ranges::count(m.to().uri.params.str(), ';') == 3);
    CHECK(m.call_id().ends_with("longcallid"));
}

TEST_CASE("dblreq: as a datagram only the REGISTER counts") {
    const Message m = parsed(rfc4475("dblreq"));
    CHECK(m.method() == "REGISTER");
    CHECK(m.body().empty());
}

TEST_CASE("semiuri, transports, mpart01, noreason: read as they are") {
    CHECK(parsed(rfc4475("semiuri")).request_uri().decoded_user() == "user;par=u@example.net");
    CHECK(parsed(rfc4475("transports")).via_count() == 5);
    const Message multipart = parsed(rfc4475("mpart01"));
    CHECK(multipart.body().size() == 553);
    CHECK(multipart.body().find('\0') != std::string_view::npos);
    CHECK(parsed(rfc4475("noreason")).reason().empty());
    CHECK(parsed(rfc4475("unreason")).reason().starts_with("= 2**3 * 5**2"));
}

TEST_CASE("bext01: the answer names the extensions of Require alone") {
    const Message m = parsed(rfc4475("bext01"));
    const Message answer = parsed(request_check(m)->answer(m, "t").str());
    CHECK(answer.header("Unsupported") == "nothingSupportsThis, nothingSupportsThisEither");
}

TEST_CASE("insuf: the answer does without what the request lacks") {
    const std::string response = refused(rfc4475("insuf")).response;
    CHECK(response == "SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf\r\n"
                      "CSeq: 193942 INVITE\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("cparam01, cparam02, regescrt: a parameter belongs to the contact or to its URI") {
    const NameAddr header = parsed(rfc4475("cparam01")).contacts().at(0);
    CHECK(header.params.has("unknownparam"));
    CHECK(header.uri.params.empty());
    const NameAddr uri = parsed(rfc4475("cparam02")).contacts().at(0);
    CHECK(uri.uri.params.has("unknownparam"));
    CHECK(uri.params.empty());
    const Message escaped = parsed(rfc4475("regescrt"));
    CHECK(escaped.contacts().at(0).uri.headers == "Route=%3Csip:sip.example.com%3E");
    CHECK(escaped.routes().empty());
}

TEST_CASE("port-ambiguous and port-unambiguous: what is inside the brackets is address") {
    const Uri inside = parsed(rfc5118("wire/port-ambiguous")).request_uri();
    CHECK(inside.host == "[2001:db8::10:5070]");
    CHECK(inside.port == 0);
    const Uri outside = parsed(rfc5118("wire/port-unambiguous")).request_uri();
    CHECK(outside.host == "[2001:db8::10]");
    CHECK(outside.port == 5070);
}

TEST_CASE("received= is read with brackets and without") {
    CHECK(parsed(rfc5118("wire/via-received-param-with-delim")).top_via().params.get("received") ==
          "[2001:db8::9:255]");
    CHECK(parsed(rfc5118("wire/via-received-param-no-delim")).top_via().params.get("received") ==
          "2001:db8::9:255");
}

TEST_SUITE_END();
