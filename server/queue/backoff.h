// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <chrono>

namespace quoin::queue {

/// The pause after the attempt-th failed attempt (1 for the first): firstDelay, twice that, and so on up to one hour,
/// then moved by up to a quarter either way so that tasks that failed together do not come back together. random is in
/// [0, 1). Pure.
std::chrono::milliseconds retryDelay(std::chrono::milliseconds firstDelay, int attempt, double random);

} // namespace quoin::queue
