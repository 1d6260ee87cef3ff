// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>

/// Where the dynamic linker has put a library: all its segments, with what is between them.
struct AddressRange
{
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;

    bool contains(std::uintptr_t address) const { return address >= begin && address < end; }
    bool isEmpty() const { return begin == end; }
};

/// Empty if no library of this canonical path is loaded.
AddressRange rangeOf(const QString &library);

/// Whether a line of /proc/self/maps names it.
bool isMapped(const QString &library);

/// Keeps everybody else from being mapped where the library was, so that a use of what has gone is a fault and no
/// accident. False if something is there.
bool fence(const AddressRange &range);

/// From now on SIGSEGV and SIGBUS write a line before they end the process: whether the address was within the range.
void tellOfFaults(const AddressRange &range);
