// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include "config/checks.h"
#include "config/loader.h"
#include "config/users_file.h"
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

void check_app(const std::string& at, const push::AppConfig& app, FileCheck& check) {
    const bool apns = app.provider == push::Provider::Apns;
    const std::string path = at + (apns ? ".key" : ".service_account");
    const std::string& file = apns ? app.key : app.service_account;
    check.readable(at + ".ca", app.ca, Content::Public);
    if (file.empty() || !check.readable(path, file, Content::Secret)) return;
    const auto text = push::read_credential_file(file);
    if (!text) return check.error(path, file + ": " + text.error().message);
    if (apns) {
        if (const auto key = push::SigningKey::parse(*text, push::SigningKey::Algorithm::Es256); !key)
            check.error(path, file + ": " + key.error().message);
    } else if (const auto account = push::ServiceAccount::parse(*text); !account) {
        check.error(path, file + ": " + account.error().message);
    }
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
    for (const auto& [name, trunk] : config.trunks)
        check.readable("trunks." + name + ".ca", trunk.ca, Content::Public);
    check_users(config.registration, check);
}

} // namespace wakeline::config
