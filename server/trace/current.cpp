// SPDX-License-Identifier: GPL-3.0-only
#include "trace/current.h"

#include <utility>

namespace quoin::trace {

namespace {

constinit thread_local std::span<const Context> t_each;

} // namespace

std::span<const Context> currentEach() { return t_each; }

const Context *current() { return t_each.size() == 1 && t_each.front().isValid() ? &t_each.front() : nullptr; }

Entered::Entered(std::span<const Context> each)
    : m_before(std::exchange(t_each, each))
{
}

Entered::~Entered() { t_each = m_before; }

Context forPush(const QString &task, bool isLater)
{
    const Context *now = current();
    return now && !(isLater && now->task == task) ? *now : begin();
}

} // namespace quoin::trace
