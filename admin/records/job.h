// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/problem.h"

#include <QObject>

namespace admin {

/// Something that takes a while: it tells how far it is, and can be cancelled. It is made, connected and started; it
/// ends once. Deleting it ends it too.
class Job : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void start() = 0;
    /// Ends it soon, with Problem::Kind::Cancelled.
    virtual void cancel() = 0;
    /// What it does: "Exporting 12,000 records".
    virtual QString title() const = 0;
    /// What it did, in a sentence, once it has ended.
    virtual QString summary() const = 0;
    bool hasEnded() const { return m_hasEnded; }
    const Problem &problem() const { return m_problem; }

Q_SIGNALS:
    /// `total` is 0 if it is not known.
    void progressed(qint64 done, qint64 total);
    void ended();

protected:
    void end(const Problem &problem)
    {
        if (std::exchange(m_hasEnded, true))
            return;
        m_problem = problem;
        Q_EMIT ended();
    }
    /// A file of this machine is at fault.
    static Problem fileProblem(const QString &detail)
    {
        Problem problem;
        problem.kind = Problem::Kind::Refused;
        problem.title = tr("The file could not be written");
        problem.detail = detail;
        problem.remedy = tr("Choose another place, or make room there.");
        return problem;
    }
    static Problem cancelled() { return Problem::ofNetwork(QNetworkReply::OperationCanceledError, {}, {}); }

private:
    Problem m_problem;
    bool m_hasEnded = false;
};

} // namespace admin
