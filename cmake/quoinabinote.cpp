// SPDX-License-Identifier: MIT
// Compiled into each plugin with the plugin's own flags: the note says what they were.
#include <quoin/detail/abinote.h>

QUOIN_EMIT_ABI_NOTE
