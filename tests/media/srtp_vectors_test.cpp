// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <srtp2/cipher.h>

#include "base/bytes.h"
#include "fakes/srtp.h"
#include "media/srtp_evp_gcm.h"

using namespace wakeline;
using namespace wakeline::media;

namespace {

/// RFC 7714 sections 16 and 17. All have the same key octets; an empty text is a packet that is only tagged.
struct Vector {
    const srtp_cipher_type_t& type;
    const char *iv, *header, *text, *sealed;
};
constexpr const char* kRtpIv = "51753c6580c2726f20718414";
constexpr const char* kRtcpIv = "517524055203726f207170bb";
constexpr const char* kRtp =
    "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
constexpr const char* kRtcp = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61"
                              "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef000005d4";
constexpr const char* kRtcpText = "4e5450314e545032525450200000042a0000e9304c756e61"
                                  "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
const Vector kVectors[] = {
    {kEvpGcm128, kRtpIv, kRtp, "", "22493f82d2bce397e9d79e3b19aa4216"},
    {kEvpGcm256, kRtpIv, kRtp, "", "a866d5910f887463067ceefec45215d4"},
    {kEvpGcm128, kRtcpIv, "81c8000d4d617273800005d4", kRtcpText,
     "63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b"
     "c84aa45896cf4d2fc5abf87245d9eade"},
    {kEvpGcm256, kRtcpIv, "81c8000d4d617273800005d4", kRtcpText,
     "d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad"
     "1d1eb30c4446839f57ff6f6cb26ac3be"},
    {kEvpGcm128, kRtcpIv, kRtcp, "", "841dd9683dd78ec92ae58790125f62b3"},
    {kEvpGcm256, kRtcpIv, kRtcp, "", "91db4afbfeee5a978fab4393ed2615fe"},
};

} // namespace

TEST_SUITE_BEGIN("media/srtp_vectors");

TEST_CASE("the packets of RFC 7714, encrypted or only tagged, RTP and RTCP: proves SBC-SRTP-02") {
    test::srtp_library();
    Bytes key(44); // with a salt, which a cipher type does not look at
    for (std::uint8_t i = 0; i < 32; ++i)
        key[i] = i;
    for (const Vector& vector : kVectors) {
        auto iv = *from_hex(vector.iv);
        const auto header = *from_hex(vector.header), text = *from_hex(vector.text),
                   sealed = *from_hex(vector.sealed);
        const srtp_cipher_test_case_t test{vector.type.id == SRTP_AES_GCM_256 ? 44 : 28,
                                           key.data(),
                                           iv.data(),
                                           static_cast<unsigned>(text.size()),
                                           text.data(),
                                           static_cast<unsigned>(sealed.size()),
                                           sealed.data(),
                                           static_cast<int>(header.size()),
                                           header.data(),
                                           16,
                                           nullptr};
        CHECK(srtp_cipher_type_test(&vector.type, &test) == srtp_err_status_ok);
    }
}

TEST_SUITE_END();
