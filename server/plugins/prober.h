// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/probes.h"

#include <QObject>
#include <QTemporaryDir>

#include <chrono>
#include <deque>
#include <memory>

namespace quoin::plugins {

struct ProberOptions
{
    /// The program to start. By default the one that runs, even after a newer one has taken its place.
    QString program = QStringLiteral("/proc/self/exe");
    /// From the start of the process to its end, without the time in which it waited for a processor.
    std::chrono::milliseconds timeLimit = std::chrono::seconds(2);
    int atOnce = 2; ///< Processes that run at a time; others wait.
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
    void end(Run *run);

    const ProberOptions m_options;
    const QTemporaryDir m_home;
    std::deque<std::unique_ptr<Run>> m_waiting;
    std::deque<std::unique_ptr<Run>> m_running;
};

} // namespace quoin::plugins
