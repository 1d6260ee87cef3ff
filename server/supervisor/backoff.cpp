// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/backoff.h"

#include <algorithm>

namespace quoin::supervisor {

std::chrono::milliseconds Backoff::next(qint64 nowMs)
{
    using std::chrono::milliseconds;
    const bool isForgotten = m_pause < milliseconds(0) || nowMs - m_startedAt >= m_options.calm.count();
    if (isForgotten)
        m_pause = milliseconds(0);
    else
        m_pause = m_pause == milliseconds(0) ? m_options.first
                                             : std::min(m_pause * m_options.factor, m_options.longest);
    m_startedAt = nowMs + m_pause.count();
    return m_pause;
}

} // namespace quoin::supervisor
