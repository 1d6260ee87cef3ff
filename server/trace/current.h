// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "trace/context.h"

#include <QtGlobal>

#include <span>

namespace quoin::trace {

/// What this thread works for at the moment; several if it works for them together (a batch). Valid until the innermost
/// Scope or Entered of the thread ends.
std::span<const Context> currentEach();
/// The one there is; null: there is none, or there are several.
const Context *current();

/// As long as it lives, its thread works for these; what was before comes back afterwards. They are lent.
class Entered
{
public:
    explicit Entered(std::span<const Context> each);
    ~Entered();
    Q_DISABLE_COPY_MOVE(Entered)

private:
    const std::span<const Context> m_before;
};

/// The same for one, of which it keeps a copy: what it is of may end first.
class Scope
{
public:
    explicit Scope(const Context &context)
        : m_context(context)
        , m_entered({&m_context, 1})
    {
    }
    Q_DISABLE_COPY_MOVE(Scope)

private:
    const Context m_context;
    const Entered m_entered;
};

/// The trace for a task that is pushed here: that of what this thread works for, else a new one. A task that puts
/// itself off (isLater) begins a new one, or one that repeats itself would be one trace for ever.
Context forPush(const QString &task, bool isLater);

} // namespace quoin::trace
