// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/gate.h"
#include "plugins/probes.h"

#include <QMap>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <deque>
#include <utility>

/// Answers probes with what the test has said, from the event loop as the real one does.
class ProbesDouble final : public quoin::plugins::Probes
{
public:
    /// By hash; what is not there has no routes and is fine.
    QMap<QByteArray, quoin::plugins::ProbeResult> results;
    /// Ids in the order in which they were asked for.
    QStringList asked;
    /// Answers wait for release().
    bool holds = false;

    void probe(const quoin::plugins::AdmittedFile &file, Done done) override
    {
        asked.append(file.metadata.id);
        quoin::plugins::ProbeResult result;
        result.facts = quoin::plugins::DescriptionFacts();
        result = results.value(file.sha256, result);
        m_waiting.emplace_back(std::move(done), std::move(result));
        if (!holds)
            release();
    }

    void release()
    {
        for (auto &[done, result] : std::exchange(m_waiting, {}))
            QTimer::singleShot(0, &m_context, [done = std::move(done), result = std::move(result)] { done(result); });
    }

    static quoin::plugins::ProbeResult crash(const QString &id)
    {
        quoin::plugins::ProbeResult result;
        result.refusal = {
            id, id, {}, quoin::plugins::Phase::Probe, QStringLiteral("it crashed"), QStringLiteral("mend it")};
        return result;
    }

private:
    QObject m_context;
    std::deque<std::pair<Done, quoin::plugins::ProbeResult>> m_waiting;
};
