// SPDX-License-Identifier: GPL-3.0-only
#pragma once

namespace quoin::plugins {

/// Gives up what trying a plugin does not need, for the rest of this process's life: new privileges, core dumps, more
/// than a few seconds of processor time, gigabytes of memory (not under sanitizers, which map terabytes), large files
/// and outliving its parent. Where the kernel lets an ordinary user have a namespace of its own, also the network and
/// all but a few processes; where it does not, it goes on without (docs/decisions/0088). Call it while there is one
/// thread.
///
/// It holds accidents, not intent: the plugin still runs as the service's user.
void confineThisProcess();

} // namespace quoin::plugins
