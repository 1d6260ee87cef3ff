// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/probes.h"

#include <QObject>

#include <chrono>
#include <deque>
#include <memory>

namespace quoin::plugins {

struct ProberOptions
{
    QString program;                                               ///< Absolute path of quoin; empty: this program.
    std::chrono::milliseconds timeLimit = std::chrono::seconds(2); ///< From the start of the process to its end.
    int atOnce = 2;                                                ///< Processes that run at a time; others wait.
};

/// Tries each plugin in a process of its own, `quoin plugin-probe COPY`, that has no secrets (an environment of
/// PATH, LANG and an empty HOME), bounded resources and, where the kernel allows it, no network. See probe.h for its
/// side. Lives on a thread with an event loop. Destruction kills what still runs.
class Prober final : public QObject, public Probes
{
    Q_OBJECT

public:
    explicit Prober(ProberOptions options = {}, QObject *parent = nullptr);
    ~Prober() override;

    void probe(const AdmittedFile &file, Done done) override;

private:
    class Run;

    void startNext();

    const ProberOptions m_options;
    std::deque<std::unique_ptr<Run>> m_waiting;
    std::deque<std::unique_ptr<Run>> m_running;
};

} // namespace quoin::plugins
