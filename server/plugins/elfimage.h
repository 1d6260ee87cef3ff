// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace quoin::plugins {

/// The tables of an ELF file of this machine's class (System V gABI, chapters 4 and 5).
namespace elf {
using FileHeader = ElfW(Ehdr);
using SectionHeader = ElfW(Shdr);
using SegmentHeader = ElfW(Phdr);
using Symbol = ElfW(Sym);
using DynamicEntry = ElfW(Dyn);
using NoteHeader = ElfW(Nhdr);
} // namespace elf

/// The one place that touches the bytes: everything is copied out (a table need not be aligned) and checked against the
/// end.
class ElfImage
{
public:
    /// No library or symbol that is meant has a longer name; debug builds have longer ones, which are cut.
    static constexpr qsizetype longestName = 512;

    explicit ElfImage(QByteArrayView bytes)
        : m_bytes(bytes)
    {
    }

    bool holds(quint64 offset, quint64 size) const
    {
        const auto end = static_cast<quint64>(m_bytes.size());
        return offset <= end && size <= end - offset;
    }

    template <class T>
    std::optional<T> read(quint64 offset) const
    {
        if (!holds(offset, sizeof(T)))
            return std::nullopt;
        T value;
        std::memcpy(&value, m_bytes.data() + offset, sizeof(T));
        return value;
    }

    QByteArrayView bytes(quint64 offset, quint64 size) const
    {
        if (!holds(offset, size))
            return {};
        return m_bytes.sliced(static_cast<qsizetype>(offset), static_cast<qsizetype>(size));
    }

    /// A name of a string table; what does not end within it, or is absurdly long, is cut.
    QByteArray name(const elf::SectionHeader &strings, quint64 index) const
    {
        if (index >= strings.sh_size)
            return {};
        const QByteArrayView rest = bytes(strings.sh_offset + index, strings.sh_size - index);
        const QByteArrayView bounded = rest.first(std::min(rest.size(), longestName));
        const qsizetype end = bounded.indexOf('\0');
        return (end < 0 ? bounded : bounded.first(end)).toByteArray();
    }

private:
    QByteArrayView m_bytes;
};

} // namespace quoin::plugins
