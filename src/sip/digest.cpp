// SPDX-License-Identifier: Apache-2.0
#include "sip/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/c_handle.h"
#include "base/text.h"

namespace wakeline::sip::digest {

namespace {

using Hash = CHandle<EVP_MD, EVP_MD_free>;

constexpr Algorithm kAll[] = {Algorithm::Md5, Algorithm::Md5Sess, Algorithm::Sha256, Algorithm::Sha256Sess};

constexpr bool is_session(Algorithm a) { return a == Algorithm::Md5Sess || a == Algorithm::Sha256Sess; }

/// Fetched once: looking a hash up by name costs more than hashing this little text.
const EVP_MD* hash_of(Algorithm algorithm) {
    static const Hash md5(EVP_MD_fetch(nullptr, "MD5", nullptr));
    static const Hash sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    return is_sha256(algorithm) ? sha256.get() : md5.get();
}

/// "a:b:c"
std::string joined(std::initializer_list<std::string_view> parts) {
    std::string out;
    out.reserve(256);
    for (const std::string_view part : parts)
        (out += part) += ':';
    out.pop_back();
    return out;
}

} // namespace

std::string_view name(Algorithm algorithm) noexcept {
    switch (algorithm) {
    case Algorithm::Md5: return "MD5";
    case Algorithm::Md5Sess: return "MD5-sess";
    case Algorithm::Sha256: return "SHA-256";
    case Algorithm::Sha256Sess: return "SHA-256-sess";
    }
    return {};
}

std::optional<Algorithm> algorithm_named(std::string_view text) noexcept {
    for (const Algorithm one : kAll)
        if (iequals(text, name(one))) return one;
    return std::nullopt;
}

std::string hash(Algorithm algorithm, std::string_view text) {
    // Made once a thread: to make one costs as much as to hash this little text.
    thread_local const CHandle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    WAKELINE_ASSERT(context && EVP_DigestInit_ex2(context.get(), hash_of(algorithm), nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), out.data(), &size) == 1);
    return hex({out.data(), size});
}

Secret ha1(Algorithm algorithm, std::string_view user, std::string_view realm, const Secret& password) {
    return Secret(hash(algorithm, joined({user, realm, password.reveal()})));
}

std::string response(const Input& in, const Secret& ha1) {
    std::string a1 = ha1.reveal();
    if (is_session(in.algorithm)) a1 = hash(in.algorithm, joined({a1, in.nonce, in.cnonce}));
    const std::string a2 = hash(in.algorithm, joined({in.method, in.uri}));
    if (in.qop.empty()) return hash(in.algorithm, joined({a1, in.nonce, a2}));
    return hash(in.algorithm, joined({a1, in.nonce, in.nc, in.cnonce, in.qop, a2}));
}

bool equal(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace wakeline::sip::digest
