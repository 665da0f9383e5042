// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include "admin/token.h"
#include "config/certificate_checks.h"
#include "config/checks.h"
#include "config/loader.h"
#include "config/users_file.h"
#include "push/client_certificate.h"
#include "push/credential_file.h"
#include "push/jwt.h"
#include "push/service_account.h"

namespace wakeline::config {

namespace {

enum class Content : std::uint8_t { Public, Secret };

/// Looks into files, and says what is wrong with them at the settings that name them.
class FileCheck {
public:
    FileCheck(const Node& document, Problems& problems) : document_(document), problems_(problems) {}

    /// True when the file can be read. One that is not given is fine.
    bool readable(const std::string& path, const std::string& file, Content content) {
        if (file.empty()) return true;
        if (const auto text = read_file(file); !text) return error(path, text.error().message), false;
        struct stat about {};
        if (content == Content::Secret && ::stat(file.c_str(), &about) == 0 && (about.st_mode & S_IROTH) != 0)
            warning(path, file + " is secret, but every user of this machine can read it: chmod o-r " + file);
        return true;
    }
    void error(const std::string& path, std::string message) {
        say(path, std::move(message), Gravity::Error);
    }
    void warning(const std::string& path, std::string message) {
        say(path, std::move(message), Gravity::Warning);
    }

private:
    void say(const std::string& path, std::string message, Gravity gravity) {
        problems_.push_back({line_of(document_, path), path, std::move(message), gravity});
    }

    const Node& document_;
    Problems& problems_;
};

void check_certificate(const std::string& at, const net::TlsProfile& profile, FileCheck& check) {
    bool readable = check.readable(at + ".chain", profile.chain, Content::Public);
    readable &= check.readable(at + ".key", profile.key, Content::Secret);
    readable &= check.readable(at + ".passphrase_file", profile.passphrase_file, Content::Secret);
    readable &= check.readable(at + ".client_ca", profile.client_ca, Content::Public);
    readable &= check.readable(at + ".crl", profile.crl, Content::Public);
    if (!readable || profile.chain.empty() || profile.key.empty()) return;
    // The daemon itself loads them so.
    if (const auto context = net::TlsContext::server(profile); !context)
        check.error(at, context.error().message);
}

Status usable_key(const std::string& text) {
    auto key = push::SigningKey::parse(text, push::SigningKey::Algorithm::Es256);
    return key ? Status(Done{}) : Status(key.error());
}
Status usable_account(const std::string& text) {
    auto account = push::ServiceAccount::parse(text);
    return account ? Status(Done{}) : Status(account.error());
}

Status usable_secret(const std::string& text) {
    auto secret = push::secret_in(text);
    return secret ? Status(Done{}) : Status(secret.error());
}

void check_certificate_file(const std::string& path, const push::AppConfig& app, FileCheck& check) {
    const auto text = push::read_credential_file(app.certificate);
    const auto passphrase = push::read_secret_file(app.passphrase_file);
    if (!text || !passphrase) return; // said already
    const auto certificate = push::ClientCertificate::parse(*text, *passphrase);
    if (!certificate) return check.error(path, app.certificate + ": " + certificate.error().message);
    const auto now = std::chrono::system_clock::now();
    if (net::state_of(certificate->about, now) == net::CredentialState::Expired)
        check.warning(path, app.certificate + " has expired: Apple will refuse it");
}

void check_app(const std::string& at, const push::AppConfig& app, FileCheck& check) {
    struct File {
        const char* key;
        const std::string& name;
        Status (*usable)(const std::string&);
    };
    for (const File& file : {File{".key", app.key, usable_key},
                             {".service_account", app.service_account, usable_account},
                             {".certificate", app.certificate, nullptr},
                             {".passphrase_file", app.passphrase_file, usable_secret},
                             {".secret_file", app.secret_file, usable_secret}}) {
        const bool readable = check.readable(at + file.key, file.name, Content::Secret);
        if (!readable || file.name.empty() || file.usable == nullptr) continue;
        const auto text = push::read_credential_file(file.name);
        const Status usable = text ? file.usable(*text) : Status(text.error());
        if (!usable) check.error(at + file.key, file.name + ": " + usable.error().message);
    }
    check.readable(at + ".ca", app.ca, Content::Public);
    if (!app.certificate.empty()) check_certificate_file(at + ".certificate", app, check);
}

void check_token(const std::string& file, FileCheck& check) {
    if (!check.readable("control.token_file", file, Content::Secret) || file.empty()) return;
    if (const auto token = admin::read_token(file); !token)
        check.error("control.token_file", token.error().message);
}

void check_users(const registrar::RegistrationConfig& registration, FileCheck& check) {
    const std::string& file = registration.users;
    if (file.empty() || !check.readable("registration.users", file, Content::Secret)) return;
    for (Problem problem : load_users_file(file).problems) {
        // Its lines are those of another file.
        problem.message = file + ':' + std::to_string(problem.line) + ": " +
                          (problem.path.empty() ? "" : problem.path + ": ") + problem.message;
        check.error("registration.users", problem.message);
    }
}

} // namespace

void check_files(const Config& config, const Node& document, Problems& problems) {
    FileCheck check(document, problems);
    for (const auto& [name, profile] : config.certificates)
        check_certificate("certificates." + name, profile, check);
    for (const auto& [name, app] : config.push.apps)
        check_app("push.apps." + name, app, check);
    for (const auto& [name, trunk] : config.trunks) {
        check.readable("trunks." + name + ".ca", trunk.ca, Content::Public);
        check.readable("trunks." + name + ".register.password_file", trunk.registration.password_file,
                       Content::Secret);
    }
    check_token(config.control.token_file, check);
    check_users(config.registration, check);
    Findings findings(document, problems);
    check_validity(config, std::chrono::system_clock::now(), findings);
}

} // namespace wakeline::config
