// SPDX-License-Identifier: GPL-3.0-only
// libFuzzer: fuzz_parser tests/fuzz/corpus. Bytes from anywhere never crash the parser, and its verdict does not depend
// on how they were cut into portions.
#include "parserharness.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    unsigned state = static_cast<unsigned>(size) * 2654435761U + 1;
    const auto random = [&state] { return state = state * 1664525U + 1013904223U, state >> 16; };
    if (const std::string fault = segmentationFault(bytes, random); !fault.empty()) {
        std::fprintf(stderr, "%s\n", fault.c_str());
        std::abort();
    }
    return 0;
}
