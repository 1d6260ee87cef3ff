// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "app.h"
#include "plugins/plan.h"
#include "supervisor/channel.h"
#include "supervisor/workermemory.h"

#include <QObject>

#include <memory>

namespace quoin::server {

/// What a worker process is told in its brief. A value.
struct WorkerBrief
{
    plugins::Plan plan;
    int slot = 0;
    int index = 0;
    bool serves = true;   ///< Role "web": requests come to it.
    bool hasPage = false; ///< Role "tasks" of "quoin worker": who asks how it is comes to it.
    bool runsTasks = true;
    SettingSources sources; ///< The supervisor's, with its files as it read them.

    static Result<WorkerBrief> fromJson(const QJsonObject &object);
};

/// A worker process between its supervisor and the App: messages in, messages and figures out. Main thread.
class Worker final : public QObject
{
    Q_OBJECT

public:
    /// memory and host are lent; channel is owned.
    Worker(const Settings &settings, const WorkerBrief &brief, supervisor::WorkerMemory &memory,
           supervisor::HostMemory &host, std::unique_ptr<supervisor::Channel> channel, http::AccessSink *accessLog);

    /// Starts the app and tells the supervisor how that went. False: it could not, and the process should end as soon
    /// as canLeave().
    bool start();

Q_SIGNALS:
    /// All work has ended or was given back, and all was told.
    void finished();

private:
    void obey(char type, const QByteArray &payload, int descriptor);
    void adopt(int descriptor, const QByteArray &note);
    void leave(const QJsonObject &how);
    void leaveAlone();
    void tellFigures();
    void passOn(char type, const QJsonObject &wish);
    void tell(char type, const QString &why);
    void endWhenTold();

    supervisor::WorkerMemory &m_memory;
    std::unique_ptr<supervisor::Channel> m_channel;
    const std::chrono::milliseconds m_patience;
    App m_app;
};

/// `quoin worker-process`, as the supervisor starts it: its descriptors and its brief are inherited. The exit code.
int work();

} // namespace quoin::server
