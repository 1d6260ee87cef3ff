// SPDX-License-Identifier: GPL-3.0-only
#include "admin/eventstate.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

namespace {

struct Event
{
    QByteArray id;
    QString kind;
    QJsonObject data;
};

QList<Event> eventsIn(const QByteArray &text)
{
    QList<Event> events;
    for (const QByteArray &block : text.split('\n').join('\n').replace("\n\n", "\x01").split('\x01')) {
        Event event;
        for (const QByteArray &line : block.split('\n')) {
            if (line.startsWith("id: "))
                event.id = line.mid(4);
            else if (line.startsWith("event: "))
                event.kind = QString::fromLatin1(line.mid(7));
            else if (line.startsWith("data: "))
                event.data = QJsonDocument::fromJson(line.mid(6)).object();
        }
        if (!event.kind.isEmpty())
            events.append(event);
    }
    return events;
}

QStringList kindsIn(const QByteArray &text)
{
    QStringList kinds;
    for (const Event &event : eventsIn(text))
        kinds.append(event.kind);
    return kinds;
}

EventState stateWith(qint64 record, const QString &workers)
{
    EventState state;
    state.set(u"records"_s, QString::number(record, 16), {{u"last"_s, record}});
    state.set(u"workers"_s, workers, {});
    return state;
}

} // namespace

class TestEventState final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNewListenerIsToldHowThingsAre()
    {
        EventState::Listener listener;
        const auto events = eventsIn(stateWith(17, u"a1"_s).tell(listener));
        QCOMPARE(events.size(), 2);
        QCOMPARE(events[0].kind, u"records"_s);
        QCOMPARE(events[0].data, (QJsonObject{{u"last"_s, 17}}));
    }

    void nothingIsToldTwice()
    {
        EventState::Listener listener;
        EventState state = stateWith(17, u"a1"_s);
        state.tell(listener);
        QVERIFY(state.tell(listener).isEmpty());
        state.set(u"records"_s, u"12"_s, {{u"last"_s, 18}});
        QCOMPARE(kindsIn(state.tell(listener)), QStringList{u"records"_s});
    }

    void afterAnIdOnlyWhatHasChangedSinceIsTold()
    {
        EventState::Listener before;
        const QByteArray id = eventsIn(stateWith(17, u"a1"_s).tell(before)).constLast().id;
        EventState::Listener after; // of another process, after a restart
        after.cursor = EventCursor::parse(id);
        QCOMPARE(kindsIn(stateWith(17, u"b2"_s).tell(after)), QStringList{u"workers"_s});
    }

    void eachEventsIdRemembersThoseBeforeIt()
    {
        EventState::Listener listener;
        const auto events = eventsIn(stateWith(17, u"a1"_s).tell(listener));
        EventState::Listener interrupted; // after the first of the two
        interrupted.cursor = EventCursor::parse(events[0].id);
        QCOMPARE(kindsIn(stateWith(17, u"a1"_s).tell(interrupted)), QStringList{u"workers"_s});
    }

    void aKindThatIsNotKnownYetKeepsItsPlaceInTheId()
    {
        EventState::Listener listener;
        listener.cursor = EventCursor::parse("records=11.tasks=abc");
        EventState state;
        state.set(u"workers"_s, u"a1"_s, {});
        QVERIFY(eventsIn(state.tell(listener)).constFirst().id.contains("records=11"));
        state.set(u"tasks"_s, u"abc"_s, {});
        QVERIFY(state.tell(listener).isEmpty());
    }

    void pluginsAreNamedThatHaveChanged()
    {
        EventState::Listener listener;
        EventState state;
        state.setPlugins({{u"counter"_s, u"1"_s}, {u"sip"_s, u"1"_s}});
        QCOMPARE(eventsIn(state.tell(listener)).constFirst().data["ids"_L1].toArray(),
                 (QJsonArray{u"counter"_s, u"sip"_s}));
        state.setPlugins({{u"sip"_s, u"2"_s}, {u"records"_s, u"1"_s}});
        QCOMPARE(eventsIn(state.tell(listener)).constFirst().data["ids"_L1].toArray(),
                 (QJsonArray{u"records"_s, u"sip"_s, u"counter"_s}));
    }

    void aSecondIsToldOnceAndLeavesNoMark()
    {
        EventState::Listener listener;
        EventState state;
        state.setServer(1000, {{u"requests"_s, 3}});
        const auto events = eventsIn(state.tell(listener));
        QCOMPARE(events.constFirst().kind, u"server"_s);
        QVERIFY(!events.constFirst().id.contains("1000"));
        QVERIFY(state.tell(listener).isEmpty());
    }

    void anIdThatNobodyGaveIsNoId_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("nonsense") << QByteArray("\xff\xff=..;");
        QTest::newRow("line breaks") << QByteArray("records=1\nevent: forged");
        QTest::newRow("capitals") << QByteArray("Records=1");
        QTest::newRow("very long") << QByteArray(100'000, 'a');
        QTest::newRow("many") << QByteArray("a=1.").repeated(50'000);
    }
    void anIdThatNobodyGaveIsNoId()
    {
        QFETCH(QByteArray, text);
        EventState::Listener listener;
        listener.cursor = EventCursor::parse(text);
        const auto events = eventsIn(stateWith(1, u"a1"_s).tell(listener));
        QCOMPARE(events.size(), 2);
        QVERIFY(!events.constLast().id.contains("forged"));
        QVERIFY(events.constLast().id.size() < 1200);
    }
};

QTEST_GUILESS_MAIN(TestEventState)
#include "tst_eventstate.moc"
