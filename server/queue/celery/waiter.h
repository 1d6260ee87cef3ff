// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/url.h"

#include <QByteArrayList>
#include <QObject>
#include <QTimer>

#include <memory>
#include <vector>

namespace quoin::celery {

/// Tells at once when something was pushed to one of a few lists, and takes nothing from them: BLMOVE from a list to
/// its own same end changes nothing and wakes when there is something. A connection for each list, because it waits for
/// one only. Lives in one thread with an event loop.
class Waiter final : public QObject
{
    Q_OBJECT

public:
    /// So many lists are waited for; others are for a poll to find.
    static constexpr qsizetype most = 8;

    explicit Waiter(redis::Url url, QObject *parent = nullptr);
    ~Waiter() override;

    /// These from now on, the first `most` of them.
    void watch(const QByteArrayList &keys);
    /// Tells of each list once, when it has something: to be called when all were found empty.
    void arm();
    /// Waits for nothing and connects to nothing any more.
    void stop();

Q_SIGNALS:
    void arrived();

private:
    class Line;
    void check();

    const redis::Url m_url;
    std::vector<std::unique_ptr<Line>> m_lines;
    QTimer m_check;
};

} // namespace quoin::celery
