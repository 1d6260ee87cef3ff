// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

extern "C" {

/// Does the harm of that name. "heap corruption" gives back a block whose freeing finds it out; others do not return.
Q_DECL_EXPORT void *misbehave(const char *way);
/// Calls the function, from a frame of its own.
Q_DECL_EXPORT void callBack(void (*function)());

} // extern "C"
