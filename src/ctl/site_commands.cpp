// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "base/text.h"
#include "config/firewall.h"
#include "config/loader.h"
#include "config/users_csv.h"
#include "ctl/commands.h"
#include "ctl/configuration.h"
#include "pki/files.h"
#include "provision/device_management.h"
#include "provision/qr_code.h"

namespace wakeline::ctl {

namespace {

using Words = Command::Words;

Error wrong(std::string what) { return {ErrorCode::InvalidInput, std::move(what)}; }

/// Where phones connect, as the configuration says.
Result<std::string> own_url(const CommandLine& line) {
    const auto config = configuration(line);
    if (!config) return config.error();
    for (const sip::ListenerConfig& listener : config->access.listeners) {
        if (!listener.enabled || listener.transport != sip::ListenTransport::Tls) continue;
        std::string host =
            config->access.public_address.empty() ? listener.address : config->access.public_address;
        if (host != "0.0.0.0" && host != "::")
            return provision::server_url(host, static_cast<std::uint16_t>(listener.port));
    }
    return wrong(
        "the configuration does not say where phones connect (access.public_address): give --server");
}

Result<provision::SignIn> sign_in(const Words& words, const CommandLine& line) {
    provision::SignIn out{words.front(), {}, line.value("cell").value_or("")};
    auto url = line.has("server") ? provision::normal_url(*line.value("server")) : own_url(line);
    if (!url) return url.error();
    out.server_url = *std::move(url);
    return out;
}

Result<Secret> secret_of(const CommandLine& line, std::string_view option) {
    const auto file = line.value(option);
    if (!file) return Secret();
    const auto text = pki::read_text(*file);
    if (!text) return text.error();
    return Secret(std::string(trim(split(*text, '\n').front())));
}

Result<Shown> management(const provision::SignIn& who, const CommandLine& line) {
    provision::Management wish;
    wish.sign_in = who;
    auto password = secret_of(line, "password-file"), certificate = secret_of(line, "certificate"),
         opens = secret_of(line, "certificate-password-file");
    for (const auto* secret : {&password, &certificate, &opens})
        if (!*secret) return secret->error();
    wish.password = *std::move(password);
    wish.certificate = certificate->reveal();
    wish.certificate_password = *std::move(opens);
    for (const auto& [option, value] : line.options) {
        if (option != "set") continue;
        const auto equals = value.find('=');
        if (equals == std::string::npos) return wrong("--set takes KEY=VALUE");
        wish.chosen.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    }
    auto text = provision::management_file(wish);
    return text ? Result<Shown>(Shown{*std::move(text)}) : Result<Shown>(text.error());
}

Status write_picture(const CommandLine& line, std::string_view option, const std::string& picture) {
    const auto file = line.value(option);
    return file ? pki::replace(*file, picture, pki::kForAll) : Status(Done{});
}

Result<Shown> provision_user(const Words& words, const CommandLine& line) {
    const auto who = sign_in(words, line);
    if (!who) return who.error();
    if (line.has("mdm")) return management(*who, line);
    if (line.has("sheet")) return Shown{provision::user_sheet(*who)};
    const auto text = provision::qr_text(*who);
    if (!text) return text.error();
    const auto code = provision::QrCode::of(*text);
    if (!code) return code.error();
    for (const Status& done :
         {write_picture(line, "png", code->png()), write_picture(line, "svg", code->svg())})
        if (!done) return done.error();
    std::string out = line.has("png") || line.has("svg") ? "" : code->terminal();
    out += *text + '\n';
    for (const std::string& warning : provision::warnings(*who))
        out += "warning: " + warning + '\n';
    return Shown{out};
}

Result<Shown> firewall(const Words&, const CommandLine& line) {
    const auto config = configuration(line);
    if (!config) return config.error();
    const auto rules = config::firewall_rules(*config);
    return Shown{line.has("nft") ? config::firewall_nft(rules) : config::firewall_list(rules)};
}

Result<std::string> users_file(const CommandLine& line) {
    if (line.has("users")) return *line.value("users");
    const auto config = configuration(line);
    if (!config) return config.error();
    if (config->registration.users.empty())
        return wrong("the configuration names no users file (registration.users): give --users");
    return config->registration.users;
}

Result<Shown> export_users(const Words&, const CommandLine& line) {
    const auto file = users_file(line);
    if (!file) return file.error();
    const auto text = config::read_file(*file);
    if (!text) return text.error();
    const auto csv = config::users_to_csv(*text);
    if (!csv) return Error{ErrorCode::Refused, *file + ": " + csv.error().message};
    return Shown{*csv};
}

/// The new file belongs to whom the old one did, and is as readable.
Status put_in_place(const std::string& file, const std::string& yaml) {
    struct stat before {};
    const bool there = ::stat(file.c_str(), &before) == 0;
    const mode_t mode = there ? before.st_mode & 07777 : 0640;
    if (there) {
        const auto old = config::read_file(file);
        if (!old) return old.error();
        if (!config::users_to_csv(*old)) return wrong(file + " is not good: mend it, or remove it, before");
        if (config::csv_would_lose(*old))
            return Error{ErrorCode::Refused,
                         file + " has ring times of users, which a table cannot hold: edit it"};
        if (const Status kept = pki::replace(file + ".old", *old, mode); !kept) return kept;
    }
    if (const Status written = pki::replace(file, yaml, mode); !written) return written;
    if (there && ::chown(file.c_str(), before.st_uid, before.st_gid) != 0)
        return Error{ErrorCode::Io, file + " has another owner now: the daemon may be unable to read it"};
    return Done{};
}

Result<Shown> import_users(const Words& words, const CommandLine& line) {
    const auto file = users_file(line);
    if (!file) return file.error();
    const auto csv = config::read_file(words.front());
    if (!csv) return csv.error();
    const auto yaml = config::users_from_csv(*csv);
    if (!yaml) return Error{ErrorCode::Refused, words.front() + ": " + yaml.error().message};
    if (const Status done = put_in_place(*file, *yaml); !done) return done.error();
    return Shown{"written: " + *file + "; \"wakelinectl reload\" makes the daemon read it\n"};
}

Command here(std::string_view words, std::string_view arguments, std::string_view help,
             std::string_view options, Result<Shown> (*run)(const Words&, const CommandLine&)) {
    return {words, arguments, help, nullptr, nullptr, options, {}, run};
}

} // namespace

std::span<const Command> site_commands() {
    static const std::array kCommands{
        here("provision", "USER",
             "Shows the QR code with which that user's phone signs in; with --png or --svg as a picture, "
             "with --mdm "
             "the keys for device management, with --sheet what to send to the user.",
             "config server cell png svg mdm sheet set password-file certificate certificate-password-file",
             provision_user),
        here("firewall", "",
             "What a firewall must let through for this configuration, and why; with --nft as a ruleset.",
             "config nft list", firewall),
        here("users export", "", "Prints the users file as CSV, with its passwords.", "config users",
             export_users),
        here("users import", "FILE",
             "Makes the users file from that CSV; the one of before is kept as .old beside it.",
             "config users", import_users),
    };
    return kCommands;
}

} // namespace wakeline::ctl
