// SPDX-License-Identifier: GPL-3.0-only
// libFuzzer: fuzz_words tests/fuzz/words. Bytes that anybody put into Redis never crash a node, and what is made of
// them is never malformed.
#include "wordsharness.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    if (const std::string fault = wordsFault(bytes); !fault.empty()) {
        std::fprintf(stderr, "%s\n", fault.c_str());
        std::abort();
    }
    return 0;
}
