// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/embed.h"
#include "queue/celery/signature.h"

namespace quoin::celery {

/// Turns signatures into what has to be published (Celery's celery/canvas.py, as far as a worker needs it). One for one
/// finished task; used once.
class Canvas
{
public:
    /// What a call hands down to what it calls.
    struct Call
    {
        QByteArray arguments;     ///< Texts of elements without brackets, in front of the signature's own.
        QByteArrayList chain;     ///< What comes after it, the next one last.
        QString rootId, parentId; ///< Null: what the signature says.
    };

    /// seed: ids that a signature does not have are made of it, so that the same work done again publishes the same
    /// tasks.
    Canvas(const CanvasGround &ground, QString seed);

    /// Adds what the call publishes. On an error nothing may be used of what was added.
    Result<> apply(const Signature &signature, const Call &call);
    Result<> apply(QByteArrayView signature, const Call &call);

    const Aftermath &aftermath() const { return m_aftermath; }

private:
    Result<QByteArray> dispatch(Signature signature, const Call &call, int depth);
    Result<QByteArray> callTask(Signature signature, const Call &call);
    Result<QByteArray> callChain(Signature chain, const Call &call, int depth);
    Result<QByteArray> callGroup(Signature group, const Call &call, int depth);
    Result<QByteArray> callChord(Signature chord, const Call &call, int depth);
    Result<QByteArray> callMembers(const QByteArrayList &members, const QString &group, const QByteArray &body,
                                   const Signature &whole, const Call &call, int depth);
    Result<QByteArrayList> steps(const Signature &chain, int depth) const;
    Result<QList<Signature>> joined(const QByteArrayList &steps, const Signature &chain);
    Result<> finishChain(Signature &last, const Signature &chain) const;
    Result<qint64> size(const Signature &signature, int depth) const;
    QByteArray queueOf(const Signature &signature) const;
    QString id();

    const CanvasGround &m_ground;
    const QString m_seed;
    int m_ids = 0;
    qint64 m_bytes = 0;
    Aftermath m_aftermath;
};

} // namespace quoin::celery
