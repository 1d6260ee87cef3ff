// SPDX-License-Identifier: MIT
#pragma once

// What a plugin was built with, as an ELF note that the host reads without running anything: nginx's module signature,
// but made by the macros of a translation unit that is compiled with the plugin's flags. quoin_add_plugin() adds that
// unit.
//
// The note: owner "quoin", type 1, text "key=value;..." in ASCII, ended by a NUL.

#include <quoin/plugin.h>

#include <QtGlobal>

#include <cstddef>
#include <cstdint>

#define QUOIN_ABI_TEXT_OF(x) #x
#define QUOIN_ABI_TEXT(x) QUOIN_ABI_TEXT_OF(x)

#if defined(__clang__)
#    define QUOIN_ABI_COMPILER "clang" QUOIN_ABI_TEXT(__clang_major__)
#else
#    define QUOIN_ABI_COMPILER "gcc" QUOIN_ABI_TEXT(__GNUC__)
#endif

#ifdef _GLIBCXX_DEBUG
#    define QUOIN_ABI_STL_DEBUG "1"
#else
#    define QUOIN_ABI_STL_DEBUG "0"
#endif

#ifdef _GLIBCXX_USE_CXX11_ABI
#    define QUOIN_ABI_CXX11 QUOIN_ABI_TEXT(_GLIBCXX_USE_CXX11_ABI)
#else
#    define QUOIN_ABI_CXX11 "none"
#endif

// g++ defines __SANITIZE_*__, clang answers __has_feature(). The undefined-behaviour sanitizer changes no layout and is
// not named.
#ifndef __has_feature
#    define QUOIN_ABI_HAS_FEATURE(x) 0
#else
#    define QUOIN_ABI_HAS_FEATURE(x) __has_feature(x)
#endif
#if defined(__SANITIZE_ADDRESS__) || QUOIN_ABI_HAS_FEATURE(address_sanitizer)
#    define QUOIN_ABI_SANITIZER "address"
#elif defined(__SANITIZE_THREAD__) || QUOIN_ABI_HAS_FEATURE(thread_sanitizer)
#    define QUOIN_ABI_SANITIZER "thread"
#else
#    define QUOIN_ABI_SANITIZER "none"
#endif

#define QUOIN_ABI_NOTE_TEXT \
    "interface=" QUOIN_PLUGIN_IID ";sdk=" QUOIN_ABI_TEXT(QUOIN_SDK_MINOR) ";pointer=" QUOIN_ABI_TEXT( \
        __SIZEOF_POINTER__) ";compiler=" QUOIN_ABI_COMPILER ";cxx11=" QUOIN_ABI_CXX11 ";stldebug=" QUOIN_ABI_STL_DEBUG \
                            ";sanitizer=" QUOIN_ABI_SANITIZER ";qt=" QT_VERSION_STR

namespace quoin::detail {

/// An ELF note (gABI, "Note Section"): lengths, type, then owner and text, each padded to four bytes.
template <std::size_t Size>
struct AbiNote
{
    std::uint32_t ownerSize = 6;
    std::uint32_t textSize = Size;
    std::uint32_t type = 1;
    char owner[8] = "quoin";
    char text[(Size + 3) / 4 * 4] = {};

    explicit constexpr AbiNote(const char (&literal)[Size])
    {
        for (std::size_t i = 0; i < Size; ++i)
            text[i] = literal[i];
    }
};

} // namespace quoin::detail

#define QUOIN_EMIT_ABI_NOTE \
    __attribute__((section(".note.quoin.abi"), used, \
                   aligned(4))) static constexpr ::quoin::detail::AbiNote<sizeof(QUOIN_ABI_NOTE_TEXT)> \
        quoinAbiNote(QUOIN_ABI_NOTE_TEXT);
