// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/resultstore.h"

#include "queue/celery/scripts.h"

namespace quoin::celery {

using redis::Reply;

namespace {

bool isStored(const Push &push) { return push.where == Push::Where::Result || push.where == Push::Where::Size; }

QByteArrayList chordKeys(const QString &group)
{
    return {chordKey(group, ".j"), chordKey(group, ".t"), chordKey(group, ".s"), chordKey(group, "")};
}

} // namespace

void ResultStore::store(const QList<Finish> &ends, Broker::Answer<bool> answer)
{
    QByteArrayList arguments{QByteArray::number(static_cast<qint64>(m_expire.count()))};
    for (const Finish &end : ends) {
        for (const Push &push : end.pushes) {
            if (isStored(push))
                arguments << (push.where == Push::Where::Size ? "size" : "result") << push.key << push.text;
        }
        if (end.result)
            arguments << "result" << end.result->key << end.result->text;
    }
    m_connection.run(scripts::store(), {}, arguments, [answer = std::move(answer)](const Result<Reply> &reply) {
        answer(reply ? Result<bool>(true) : Result<bool>(reply.error()));
    });
}

void ResultStore::addChordPart(const ChordPart &part, Broker::Answer<Chord> answer)
{
    const auto read = [answer = std::move(answer)](const Result<Reply> &reply) {
        if (!reply)
            return answer(reply.error());
        Chord chord;
        chord.hasStructure = reply->list.value(0).integer == 1;
        chord.isKnown = reply->list.value(2).integer == 1;
        for (const Reply &one : reply->list.value(1).list)
            chord.parts += one.text;
        answer(chord);
    };
    m_connection.run(scripts::addChordPart(), chordKeys(part.group),
                     {part.index ? QByteArray::number(*part.index) : QByteArray("+inf"), part.part,
                      QByteArray::number(static_cast<qint64>(m_expire.count()))},
                     read);
}

void ResultStore::dropChord(const QString &group)
{
    m_connection.send(QByteArrayList{"DEL"} + chordKeys(group).mid(0, 3), [](const Result<Reply> &) {});
}

QList<Finish> withoutResults(QList<Finish> ends)
{
    for (Finish &end : ends) {
        end.result.reset();
        end.pushes.removeIf([](const Push &push) { return isStored(push); });
        for (Push &push : end.pushes)
            push.chord.clear(); // its keys are not there: dropChord()
    }
    return ends;
}

} // namespace quoin::celery
