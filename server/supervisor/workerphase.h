// SPDX-License-Identifier: GPL-3.0-only
#pragma once

namespace quoin::supervisor {

enum class Role { Web, Tasks };
enum class WorkerPhase { Starting, Ready, Draining };

} // namespace quoin::supervisor
