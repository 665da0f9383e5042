// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>

#include "base/random.h"
#include "base/text.h"
#include "ctl/commands.h"
#include "ctl/table.h"
#include "pki/authority.h"
#include "pki/files.h"

namespace wakeline::ctl {

namespace {

using Words = Command::Words;
using Use = pki::Wish::Use;

constexpr const char* kFolder = "/etc/wakeline/ca";
constexpr std::size_t kPasswordBits = 80;

Error wrong(std::string what) { return {ErrorCode::InvalidInput, std::move(what)}; }

std::string folder(const CommandLine& line) { return line.value("dir").value_or(kFolder); }

Result<pki::Wish> wish(Use use, const std::string& common_name, const CommandLine& line) {
    pki::Wish out{.use = use, .subject = {}, .names = {}};
    auto subject = pki::subject(line.value("subject").value_or(""), common_name);
    if (!subject) return subject.error();
    out.subject = *std::move(subject);
    auto names = pki::alternative_names(line.value("san").value_or(""));
    if (!names) return names.error();
    out.names = *std::move(names);
    const auto key = pki::key_kind(line.value("key").value_or("p256"));
    if (!key) return wrong("--key must be rsa2048, rsa4096 or p256");
    out.key = *key;
    const auto lifetime = pki::lifetime(line.value("lifetime").value_or(use == Use::Authority ? "3y" : "1y"));
    if (!lifetime) return wrong("--lifetime must be 90d, 180d, 1y, 2y or 3y");
    out.lifetime = *lifetime;
    return out;
}

/// The password of a package: that of the file, or a new one that is shown once.
struct Password {
    Secret secret;
    bool made = false;
};
Result<Password> password(const CommandLine& line) {
    const auto file = line.value("password-file");
    if (!file) return Password{Secret(random_token(kPasswordBits)), true};
    const auto text = pki::read_text(*file);
    if (!text) return text.error();
    const std::string first(trim(split(*text, '\n').front()));
    if (first.empty()) return wrong(*file + " has no password in its first line");
    return Password{Secret(first), false};
}

std::string written(const std::vector<std::string>& files) {
    std::string out;
    for (const std::string& file : files)
        out += "written: " + file + '\n';
    return out;
}

Result<Shown> init(const Words& words, const CommandLine& line) {
    const auto asked = wish(Use::Authority, words.empty() ? "Wakeline CA" : words.front(), line);
    if (!asked) return asked.error();
    const std::string at = folder(line);
    const auto made = pki::Authority::create(at, *asked);
    if (!made) return made.error();
    return Shown{written({at + "/ca.pem", at + "/ca-key.pem", at + "/crl.pem"}) +
                 "ca.pem goes to every phone, and to client_ca of a certificate in wakeline.yaml; ca-key.pem "
                 "stays here, best on a machine without network\n"};
}

Result<Shown> server(const Words& words, const CommandLine& line) {
    auto asked = wish(Use::Server, words.front(), line);
    if (!asked) return asked.error();
    if (asked->names.empty())
        return wrong("--san is missing: the host name or address that phones connect to");
    auto authority = pki::Authority::open(folder(line));
    if (!authority) return authority.error();
    const auto files = authority->issue(words.front(), *asked);
    return files ? Result<Shown>(Shown{written(*files)}) : Result<Shown>(files.error());
}

Result<Shown> client(const Words& words, const CommandLine& line) {
    auto asked = wish(Use::Client, words.front(), line);
    if (!asked) return asked.error();
    const auto secret = password(line);
    if (!secret) return secret.error();
    auto authority = pki::Authority::open(folder(line));
    if (!authority) return authority.error();
    const auto files = authority->issue_package(words.front(), *asked, secret->secret);
    if (!files) return files.error();
    return Shown{written(*files) +
                 (secret->made
                      ? "password: " + secret->secret.reveal() +
                            "\nIt is shown this once. Give it to the user by another way than the file.\n"
                      : "")};
}

Result<Shown> csr(const Words& words, const CommandLine& line) {
    const auto asked = wish(Use::Server, words.front(), line);
    if (!asked) return asked.error();
    const auto files = pki::write_request(line.value("dir").value_or("."), words.front(), *asked);
    return files ? Result<Shown>(Shown{written(*files)}) : Result<Shown>(files.error());
}

std::string state_of(const pki::Authority::Entry& entry, net::WallTime now) {
    return entry.revoked ? "revoked" : std::string(net::word(net::state_of(entry.certificate, now)));
}

std::string day(net::WallTime time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    char text[16];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &local)};
}

Result<Shown> list(const Words&, const CommandLine& line) {
    const auto authority = pki::Authority::open(folder(line));
    if (!authority) return authority.error();
    const auto entries = authority->list();
    if (!entries) return entries.error();
    const net::WallTime now = std::chrono::system_clock::now();
    Table table({"NAME", "SUBJECT", "ISSUER", "USAGE", "STATE", "UNTIL", "SERIAL"});
    auto json = nlohmann::ordered_json::array();
    for (const auto& entry : *entries) {
        const net::Credential& c = entry.certificate;
        table.add({entry.name, c.subject, c.issuer, c.usage, state_of(entry, now), day(c.expires), c.serial});
        json.push_back({{"name", entry.name},
                        {"subject", c.subject},
                        {"issuer", c.issuer},
                        {"usage", c.usage},
                        {"state", state_of(entry, now)},
                        {"days_left", net::days_left(c, now)},
                        {"serial", c.serial},
                        {"names", c.names}});
    }
    return Shown{line.has("json") ? json.dump() + '\n' : table.str()};
}

Result<Shown> show(const Words& words, const CommandLine& line) {
    Secret secret;
    if (line.has("password-file")) {
        auto given = password(line);
        if (!given) return given.error();
        secret = given->secret;
    }
    const auto all = pki::read_any(words.front(), secret);
    if (!all) return Error{ErrorCode::Io, all.error().message};
    const net::WallTime now = std::chrono::system_clock::now();
    auto json = nlohmann::ordered_json::array();
    for (const net::Credential& c : *all)
        json.push_back({{"name", words.front()},
                        {"state", net::word(net::state_of(c, now))},
                        {"days_left", net::days_left(c, now)},
                        {"subject", c.subject},
                        {"issuer", c.issuer},
                        {"serial", c.serial},
                        {"usage", c.usage},
                        {"valid_from", day(c.valid_from)},
                        {"expires", day(c.expires)},
                        {"names", c.names}});
    if (line.has("json")) return Shown{json.dump() + '\n'};
    return show_certificates(nlohmann::ordered_json{{"credentials", json}}.dump());
}

Result<Shown> revoke(const Words& words, const CommandLine& line) {
    auto authority = pki::Authority::open(folder(line));
    if (!authority) return authority.error();
    const Status done = authority->revoke(words.front());
    if (!done) return Error{ErrorCode::Refused, done.error().message};
    return Shown{
        "written: " + folder(line) +
        "/crl.pem\nThe daemon refuses the certificate as soon as the file that its crl setting names "
        "is this one; new connections, not those that are there.\n"};
}

Result<Shown> crl(const Words&, const CommandLine& line) {
    auto authority = pki::Authority::open(folder(line));
    if (!authority) return authority.error();
    const Status done = authority->renew_list();
    return done ? Result<Shown>(Shown{"written: " + folder(line) + "/crl.pem, good for 90 days\n"})
                : Result<Shown>(done.error());
}

Command here(std::string_view words, std::string_view arguments, std::string_view help,
             std::string_view options, Result<Shown> (*run)(const Words&, const CommandLine&)) {
    return {words, arguments, help, nullptr, nullptr, options, {}, run};
}

} // namespace

std::span<const Command> certificate_commands() {
    static const std::array kCommands{
        here("cert init", "[NAME]", "Makes a small certificate authority of that name.",
             "dir key lifetime subject", init),
        here("cert server", "NAME", "Issues a certificate for Wakeline: NAME.pem and NAME-key.pem.",
             "dir san key lifetime subject", server),
        here("cert client", "NAME",
             "Issues a certificate for a phone: also as NAME.p12 with a password, and as one line of base64 "
             "for an "
             "MDM.",
             "dir san key lifetime subject password-file", client),
        here("cert csr", "NAME",
             "Makes a key and a request that another authority can sign, here or in --dir.",
             "dir san key subject", csr),
        here("cert list", "", "What the authority issued, until when, and what is revoked.", "dir", list),
        here("cert show", "FILE", "What stands in a certificate, a chain, a revocation list or a .p12.",
             "password-file", show),
        here("cert revoke", "NAME", "Puts a certificate, by its name or file, on the revocation list.", "dir",
             revoke),
        here("cert crl", "", "Makes the revocation list anew, for another 90 days.", "dir", crl),
    };
    return kCommands;
}

} // namespace wakeline::ctl
