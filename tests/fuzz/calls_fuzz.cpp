// SPDX-License-Identifier: Apache-2.0
#define DOCTEST_CONFIG_DISABLE // the fakes check with it; here nobody reports

#include "call/call_play.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    wakeline::test::CallPlay().play({data, size});
    return 0;
}
