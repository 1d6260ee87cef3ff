// SPDX-License-Identifier: GPL-3.0-only
#include "canvasplay.h"

#include <QJsonArray>

#include <limits>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 now = 1795451413368102;

QString call(const Message &message)
{
    return message.task + u'(' + QString::fromUtf8(message.arguments.join(',').replace(", ", ",")) + u')';
}

QByteArray sum(const Message &message)
{
    qint64 sum = 0;
    for (const QByteArray &argument : message.arguments)
        sum += argument.toLongLong();
    return QByteArray::number(sum);
}

} // namespace

CanvasPlay::CanvasPlay(PythonLines &python)
    : m_python(python)
{
}

void CanvasPlay::perform(const QString &name)
{
    const QJsonObject published = m_python.ask({{u"op"_s, u"publish"_s}, {u"case"_s, name}}).toObject();
    if (published.contains(u"error"_s) || published[u"pushed"_s].toArray().isEmpty())
        m_trouble += u"not published: "_s + published[u"error"_s].toString();
    for (const QJsonValue &pushed : published[u"pushed"_s].toArray())
        m_messages += pushed[1].toString().toUtf8();
    noteSizes(published[u"sizes"_s].toObject());
    for (int left = 100; !m_messages.isEmpty() && left > 0; --left) {
        play(m_messages.takeFirst());
        joinChords();
    }
    for (auto chord = m_chords.cbegin(); chord != m_chords.cend(); ++chord) {
        if (!chord->parts.isEmpty())
            m_trouble += u"chord %1 has %2 of %3 parts"_s.arg(chord.key()).arg(chord->parts.size()).arg(chord->size);
    }
    m_runs.sort();
    m_failures.sort();
}

QStringList CanvasPlay::runs() const { return m_runs; }

CanvasGround CanvasPlay::ground() const
{
    return {now, u"quoin@host"_s, [](const QString &) { return QByteArray("celery"); }};
}

void CanvasPlay::play(const QByteArray &raw)
{
    const auto message = parseMessage(raw);
    if (!message || message->standing != Standing::Sound) {
        m_trouble += message ? message->refusal : message.error().message();
        return;
    }
    if (message->task == u"ours.task"_s)
        playOurs(*message);
    else
        playTheirs(*message);
}

void CanvasPlay::playOurs(const Message &message)
{
    if (m_oursFail) {
        m_runs += call(message) + u'!';
        m_failures += message.id;
        goOn(afterFailure(message, TaskFault::failed(Error::invalid(u"no"_s)), ground(), &m_trouble));
        return;
    }
    const QByteArray result = sum(message);
    m_runs += call(message) + u'=' + QString::fromUtf8(result);
    const auto after = afterSuccess(message, result, ground());
    if (after)
        goOn(*after);
    else
        m_trouble += after.error().message();
}

void CanvasPlay::playTheirs(const Message &message)
{
    const QJsonObject ran = m_python.ask({{u"op"_s, u"run"_s}, {u"raw"_s, QString::fromUtf8(message.raw)}}).toObject();
    if (ran.contains(u"error"_s)) {
        m_trouble += message.task + u": "_s + ran[u"error"_s].toString();
        return;
    }
    const auto result = parseResult(ran[u"stored"_s].toString().toUtf8());
    const bool isDone = result && result->state == ResultState::Success;
    QString shown = isDone ? QString::fromUtf8(result->result).replace(u", "_s, u","_s) : u"?"_s;
    if (shown.startsWith(u"[[\""_s)) // of chunks: ids that were made up
        shown = u"a group"_s;
    m_runs += call(message) + u'=' + shown;
    for (const QJsonValue &pushed : ran[u"pushed"_s].toArray())
        m_messages += pushed[1].toString().toUtf8();
    noteSizes(ran[u"sizes"_s].toObject());
    for (const QJsonValue &part : ran[u"parts"_s].toArray()) {
        const std::optional<qint64> index = part[1].isNull() ? std::nullopt : std::optional(part[1].toInteger());
        note({part[0].toString(),
              index,
              part[2].toString().toUtf8(),
              part[3].toString().toUtf8(),
              part[4].toString(),
              {}});
    }
}

void CanvasPlay::goOn(const Aftermath &aftermath)
{
    for (const ChordSize &size : aftermath.chordSizes) {
        const QByteArray prefix = "celery-taskset-meta-";
        const QByteArray group = size.key.sliced(prefix.size()).chopped(2);
        if (!size.key.startsWith(prefix) || !size.key.endsWith(".s"))
            m_trouble += u"a size under another key"_s;
        m_chords[QString::fromUtf8(group)].size = size.size;
    }
    for (const Publication &publication : aftermath.publications)
        m_messages += publication.envelope;
    for (const ResultWrite &result : aftermath.results) {
        const auto read = parseResult(result.text);
        if (!read || read->state != ResultState::Failure)
            m_trouble += u"what will not run has another result than a failure"_s;
        if (!result.id.contains(u'-')) // which was made up
            m_failures += result.id;
    }
    for (const ChordPart &part : aftermath.parts)
        note(part);
}

void CanvasPlay::noteSizes(const QJsonObject &sizes)
{
    for (auto size = sizes.begin(); size != sizes.end(); ++size)
        m_chords[size.key()].size = size.value().toInteger();
}

void CanvasPlay::note(const ChordPart &part)
{
    Chord &chord = m_chords[part.group];
    chord.parts.insert(part.index.value_or(std::numeric_limits<qint64>::max()), part.part);
    chord.last = part;
}

void CanvasPlay::joinChords()
{
    for (const QString &group : m_chords.keys()) {
        Chord &chord = m_chords[group];
        if (chord.parts.isEmpty() || chord.parts.size() != chord.size)
            continue;
        const QByteArrayList parts = chord.parts.values();
        chord.parts.clear();
        goOn(afterChord(chord.last, parts, ground(), false, &m_trouble));
    }
}
