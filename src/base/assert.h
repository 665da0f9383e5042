// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>

/// A broken invariant of our own, never a judgement on input: always on, ends the process with the place.
#define WAKELINE_ASSERT(condition)                                                                           \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            std::fprintf(stderr, "<2>broken invariant: %s at %s:%d\n", #condition, __FILE__, __LINE__);      \
            std::abort();                                                                                    \
        }                                                                                                    \
    } while (false)
