// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "pythonlines.h"
#include "queue/celery/embed.h"

#include <QHash>
#include <QJsonObject>
#include <QMap>
#include <QStringList>

/// Plays what a client of Celery published to its end: tasks called ours.task are finished by our words, all others are
/// run by Celery's tracer, and what either publishes is played on. Chords are counted here, as Redis would.
class CanvasPlay
{
public:
    explicit CanvasPlay(PythonLines &python);

    /// ours.task fails from now on; else it returns the sum of the numbers it was given.
    void setOursFail() { m_oursFail = true; }
    void perform(const QString &name);

    QStringList runs() const; ///< "app.add(1,2)=3", sorted; "=?" for one of Python's that failed, "!" for ours.
    QStringList failures() const { return m_failures; } ///< Ids of a case's own that failed, sorted.
    QStringList trouble() const { return m_trouble; }   ///< What should not have been.

private:
    struct Chord
    {
        qint64 size = -1;
        QMultiMap<qint64, QByteArray> parts;
        quoin::celery::ChordPart last;
    };

    void play(const QByteArray &raw);
    void playOurs(const quoin::celery::Message &message);
    void playTheirs(const quoin::celery::Message &message);
    void goOn(const quoin::celery::Aftermath &aftermath);
    void noteSizes(const QJsonObject &sizes);
    void note(const quoin::celery::ChordPart &part);
    void joinChords();
    quoin::celery::CanvasGround ground() const;

    PythonLines &m_python;
    bool m_oursFail = false;
    QByteArrayList m_messages;
    QHash<QString, Chord> m_chords;
    QStringList m_runs, m_failures, m_trouble;
};
