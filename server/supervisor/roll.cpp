// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/roll.h"

namespace quoin::supervisor {

Roll::Step Roll::ready(int post, const QJsonObject &report)
{
    m_ready.insert(post);
    if (post == 0)
        m_report = report;
    if (m_ready.size() == m_posts.count())
        return Step::Switch;
    if (post == 0 && !std::exchange(m_hasStartedOthers, true))
        return Step::StartOthers;
    return Step::Wait;
}

Roll::Step Roll::lost(int post, bool fromOutside)
{
    m_ready.remove(post);
    if (!fromOutside || m_repeats++ == mostRepeats)
        return Step::Refuse;
    return Step::StartAgain;
}

} // namespace quoin::supervisor
