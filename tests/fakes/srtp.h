// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/srtp_session.h"

namespace wakeline::test {

/// The library of the whole test program: libsrtp has one state a process.
inline const media::SrtpLibrary& srtp_library() {
    static const media::SrtpLibrary library;
    return library;
}

} // namespace wakeline::test
