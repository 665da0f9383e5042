// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "config/checks.h"
#include "config/loader.h"
#include "fakes/pki.h"
#include "fakes/temporary_directory.h"

// proves: SBC-OPS-02, SBC-AUTH-07

using namespace wakeline;
using namespace wakeline::config;

namespace {

/// What the check of the named files says about a configuration that is good in itself.
std::string said(const std::string& yaml) {
    Loaded loaded = load_config(yaml);
    Problems found;
    check_files(loaded.config, loaded.document, found);
    return report("f", found);
}

std::string certificate(const std::string& chain, const std::string& key) {
    return "certificates:\n  public: {chain: " + chain + ", key: " + key + "}\n";
}

} // namespace

TEST_CASE("a good certificate passes; a missing file, or the key of another one, is named") {
    const test::Pki pki;
    const test::Pki::Authority authority(pki, "ca");
    const auto one = authority.issue({.common_name = "one"}), two = authority.issue({.common_name = "two"});
    ::chmod(one.key.c_str(), 0600);
    ::chmod(two.key.c_str(), 0600);
    CHECK(said(certificate(one.chain, one.key)) == "");
    CHECK(said(certificate("/nowhere.pem", one.key)) ==
          "f:2: certificates.public.chain: cannot read /nowhere.pem: No such file or directory\n");
    const std::string mismatch = said(certificate(one.chain, two.key));
    CHECK(mismatch.starts_with("f:2: certificates.public: "));
    CHECK(mismatch.ends_with("key " + two.key + ": the key is not the one of the certificate in chain\n"));
    CHECK(
        said(certificate(one.chain, authority.file())).ends_with(": there is no private key in PEM in it\n"));
    CHECK(said(certificate(one.key, one.key))
              .ends_with(": there is nothing of that kind in PEM (-----BEGIN ...) in it\n"));
}

TEST_CASE("a secret that everybody can read is warned about") {
    const test::Pki pki;
    const auto issued = test::Pki::Authority(pki, "ca").issue({});
    ::chmod(issued.key.c_str(), 0644);
    CHECK(said(certificate(issued.chain, issued.key)) ==
          "f:2: warning: certificates.public.key: " + issued.key +
              " is secret, but every user of this machine can read it: chmod o-r " + issued.key + '\n');
}

TEST_CASE("push credentials and users are read, and their mistakes are told with the file") {
    const test::TemporaryDirectory directory;
    const std::string file = directory.file("x");
    std::ofstream(file) << "a: {password: x}\nb: {pass: y}\n";
    ::chmod(file.c_str(), 0600);
    CHECK(said("push:\n  apps:\n    ios: {provider: apns, key: " + file +
               ", key_id: ABC123DEFG, team_id: TEAM123456, bundle_id: b}\n")
              .starts_with("f:3: push.apps.ios.key: " + file + ": "));
    CHECK(said("push:\n  apps:\n    a: {provider: fcm, service_account: " + file + "}\n")
              .starts_with("f:3: push.apps.a.service_account: " + file + ": "));
    CHECK(said("registration:\n  mode: local\n  users: " + file + "\n") ==
          "f:3: registration.users: " + file + ":2: b.pass: is not a setting\n" +
              "f:3: registration.users: " + file +
              ":2: b: needs a password, ha1_md5 or ha1_sha256, or a number\n");
}

TEST_CASE("the certificate of an app is opened as the daemon will open it") {
    const test::Pki pki;
    const test::Pki::Authority authority(pki, "ca");
    const auto issued = authority.issue({.passphrase = "open"});
    const auto expired = authority.issue({.valid_from_days = -9, .valid_to_days = -2});
    const auto both = [&pki](const test::Pki::Issued& one, const char* name) {
        const std::string file = pki.file(name);
        std::ofstream(file) << std::ifstream(one.chain).rdbuf() << std::ifstream(one.key).rdbuf();
        ::chmod(file.c_str(), 0600);
        return file;
    };
    const auto secret = [&pki](const char* name, const char* text) {
        std::ofstream(pki.file(name)) << text;
        ::chmod(pki.file(name).c_str(), 0600);
        return pki.file(name);
    };
    const auto app = [](const std::string& settings) {
        return said("push:\n  apps:\n    a: {provider: apns, bundle_id: b, certificate: " + settings + "}\n");
    };
    const std::string file = both(issued, "app.pem"), right = secret("right", "open\n"),
                      wrong = secret("wrong", "no");
    CHECK(app(file + ", passphrase_file: " + right).empty());
    CHECK(app(file + ", passphrase_file: " + wrong) ==
          "f:3: push.apps.a.certificate: " + file +
              ": has a private key that is not opened by the passphrase: check passphrase_file\n");
    CHECK(app(file + ", passphrase_file: " + secret("empty", "\n")).find("passphrase_file: ") !=
          std::string::npos);
    CHECK(app(both(expired, "old.pem")).find("has expired: Apple will refuse it") != std::string::npos);
    const std::string webhook = "provider: webhook, pn_provider: x, url: \"https://a/\", secret_file: ";
    CHECK(said("push:\n  apps:\n    a: {" + webhook + right + "}\n").empty());
    CHECK(said("push:\n  apps:\n    a: {" + webhook + secret("blank", " \n") + "}\n") ==
          "f:3: push.apps.a.secret_file: " + pki.file("blank") + ": has an empty first line\n");
}
