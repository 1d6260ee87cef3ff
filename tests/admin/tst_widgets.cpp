// SPDX-License-Identifier: GPL-3.0-only
#include "fakeserver.h"
#include "overview/chartcard.h"
#include "overview/figures.h"
#include "ui/colors.h"
#include "ui/command.h"
#include "ui/commandbutton.h"
#include "ui/emptystate.h"
#include "ui/fuzzy.h"
#include "ui/icons.h"
#include "ui/pagedmodel.h"
#include "ui/pageheader.h"
#include "ui/tableview.h"
#include "ui/times.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QDir>
#include <QGuiApplication>
#include <QItemSelectionModel>
#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace admin;
using Answer = admin::FakeServer::Answer;

namespace {

QJsonObject row(int id, const QString &state = u"ready"_s) { return {{u"id"_s, id}, {u"state"_s, state}}; }

QJsonArray rows(int newest, int count)
{
    QJsonArray array;
    for (int i = 0; i < count; ++i)
        array << row(newest - i);
    return array;
}

// WCAG 2.2, "relative luminance" and "contrast ratio".
double luminance(const QColor &color)
{
    const auto part = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF()) + 0.0722 * part(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

const QList<Column> columns{
    {.id = u"id"_s,
     .title = u"Id"_s,
     .text = [](const QJsonObject &r) { return QString::number(r[u"id"_s].toInteger()); }},
    {.id = u"state"_s, .title = u"State"_s, .text = [](const QJsonObject &r) { return r[u"state"_s].toString(); }}};

} // namespace

class WidgetsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fewLettersFindACommand_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("best");
        QTest::newRow("beginnings") << u"rt"_s << u"Retry task"_s;
        QTest::newRow("side by side") << u"try"_s << u"Retry task"_s;
        QTest::newRow("capitals") << u"PV"_s << u"Pause verification"_s;
        QTest::newRow("two words") << u"go rec"_s << u"Go to Records"_s;
    }
    void fewLettersFindACommand()
    {
        QFETCH(QString, typed);
        QFETCH(QString, best);
        QString found;
        int score = -1000;
        for (const auto &text :
             {u"Report the tree"_s, u"Retry task"_s, u"Pause verification"_s, u"Go to Records"_s, u"Approve"_s}) {
            const auto match = fuzzyMatch(typed, text);
            if (match && match->score > score) {
                score = match->score;
                found = text;
            }
        }
        QCOMPARE(found, best);
    }
    void lettersThatAreNotThereFindNothing()
    {
        QVERIFY(!fuzzyMatch(u"xyz"_s, u"Retry task"_s));
        QVERIFY(!fuzzyMatch(u"yrt"_s, u"Retry"_s));
        QCOMPARE(fuzzyMatch(u"ret"_s, u"Retry"_s)->positions, (QList<int>{0, 1, 2}));
        QVERIFY(fuzzyMatch({}, u"Retry"_s));
    }

    void timesAreWrittenForPeople()
    {
        const QDateTime now = timeOf(u"2026-11-23T17:48:01.000042Z"_s);
        QVERIFY(now.isValid());
        QCOMPARE(relativeTime(now.addSecs(-1), now), u"just now"_s);
        QCOMPARE(relativeTime(now.addSecs(-240), now), u"4 min ago"_s);
        QCOMPARE(relativeTime(now.addSecs(7200), now), u"in 2 h"_s);
        QCOMPARE(relativeTime({}, now), QString());
        QCOMPARE(durationText(850), u"850 µs"_s);
        QCOMPARE(durationText(250'000'000), u"4 min 10 s"_s);
        QCOMPARE(durationText(7'500'000'000), u"2 h 5 min"_s);
        QVERIFY(!timeOf(u"yesterday"_s).isValid());
    }

    void textCanBeReadOnEveryGround()
    {
        for (const Colors *colors : {&Colors::light(), &Colors::dark()}) {
            for (const QColor &ground : {colors->window, colors->surface, colors->raised, colors->accentSoft}) {
                QVERIFY(contrast(colors->text, ground) >= 4.5);
                QVERIFY2(contrast(colors->muted, ground) >= 4.5, qPrintable(ground.name()));
            }
            QVERIFY(contrast(colors->onAccent, colors->accent) >= 4.5);
            QVERIFY(contrast(colors->good, colors->goodSoft) >= 4.5);
            QVERIFY(contrast(colors->warning, colors->warningSoft) >= 4.5);
            QVERIFY(contrast(colors->bad, colors->badSoft) >= 4.5);
            QVERIFY(contrast(colors->info, colors->infoSoft) >= 4.5);
        }
    }

    void aCommandThatChangesIsOffWhenReadOnlyAndSaysWhy()
    {
        Command retry(u"tasks.retry"_s, u"Retry"_s, u"retry"_s, Command::Effect::Changes, nullptr);
        Command look(u"tasks.look"_s, u"Look"_s, u"eye"_s, Command::Effect::Looks, nullptr);
        retry.setShortcut(QKeySequence(u"Ctrl+R"_s));
        QVERIFY(retry.isEnabled() && retry.toolTip().contains(u"Ctrl+R"_s));
        retry.setReadOnly(true);
        look.setReadOnly(true);
        QVERIFY(!retry.isEnabled() && look.isEnabled());
        QVERIFY(retry.toolTip().contains(u"read-only"_s));
        retry.setPossible(false, u"Select a task first"_s);
        retry.setReadOnly(false);
        QVERIFY(!retry.isEnabled() && retry.toolTip().contains(u"Select a task first"_s));
        retry.setPossible(true);
        QVERIFY(retry.isEnabled());
    }

    void aListIsFetchedAsItIsSeenAndRefreshedInPlace()
    {
        FakeServer server;
        QJsonArray first = rows(1000, 200);
        server.on("GET", u"/list"_s, [&](const FakeServer::Asked &asked) {
            if (asked.value(u"after"_s) == u"c1"_s)
                return Answer::json({{u"results"_s, rows(800, 200)}});
            return Answer::json({{u"results"_s, first}, {u"next"_s, u"c1"_s}});
        });
        Session session({.id = u"x"_s, .name = {}, .url = server.url()}, {});
        PagedModel model(columns);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setSource(&session, u"/list"_s);
        QTRY_VERIFY(model.isLoaded());
        model.fetchMore({}); // the tester may have done so already
        QTRY_COMPARE(model.rowCount(), 400);
        QVERIFY(!model.canFetchMore({}));

        // A row came, one went, one changed: the others are where they were.
        const QPersistentModelIndex kept = model.index(model.rowOf(900), 0);
        first = rows(1000, 200);
        first.removeAt(50);
        first[120] = row(first[120].toObject()[u"id"_s].toInt(), u"done"_s);
        first.prepend(row(1001));
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.refresh();
        QTRY_COMPARE(model.idOf(0), 1001);
        QCOMPARE(model.rowCount(), 400);
        QCOMPARE(model.rowOf(950), -1);
        QVERIFY(kept.isValid());
        QCOMPARE(model.idOf(kept.row()), 900);
        QCOMPARE(model.row(model.rowOf(879))[u"state"_s].toString(), u"done"_s);
        QCOMPARE(reset.count(), 0);
    }

    void anEmptyPageIsNotTheEnd()
    {
        FakeServer server; // a search that has found nothing yet, twice
        server.on("GET", u"/list"_s, [](const FakeServer::Asked &asked) {
            const QString after = asked.value(u"after"_s);
            if (after == u"c2"_s)
                return Answer::json({{u"results"_s, rows(3, 3)}});
            return Answer::json({{u"results"_s, QJsonArray()}, {u"next"_s, after.isEmpty() ? u"c1"_s : u"c2"_s}});
        });
        Session session({.id = u"x"_s, .name = {}, .url = server.url()}, {});
        PagedModel model(columns);
        QList<int> rowsWhenLoaded;
        QObject::connect(&model, &PagedModel::stateChanged, &model, [&] {
            if (model.isLoaded())
                rowsWhenLoaded << model.rowCount();
        });
        model.setSource(&session, u"/list"_s);
        QTRY_COMPARE(model.rowCount(), 3);
        QVERIFY(!rowsWhenLoaded.contains(0)); // nobody was told that there is nothing
    }

    void aButtonIsThereWhileItsCommandIs()
    {
        Command command(u"x"_s, u"Do"_s, u"retry"_s, Command::Effect::Looks, nullptr);
        PageHeader header(u"Things"_s);
        EmptyState empty(u"tasks"_s, u"Nothing"_s, u"Nothing is here."_s);
        header.addCommand(&command, true);
        empty.addCommand(&command);
        const auto buttons = header.findChildren<CommandButton *>() + empty.findChildren<CommandButton *>();
        QCOMPARE(buttons.size(), 2);
        for (const bool isVisible : {false, true}) {
            command.setVisible(isVisible);
            for (const CommandButton *button : buttons)
                QCOMPARE(button->isHidden(), !isVisible);
        }
    }

    void aListThatFailsSaysSoAndKeepsItsRows()
    {
        FakeServer server;
        server.on("GET", u"/list"_s, Answer::json({{u"results"_s, rows(3, 3)}}));
        Session session({.id = u"x"_s, .name = {}, .url = server.url()}, {});
        PagedModel model(columns);
        model.setSource(&session, u"/list"_s);
        QTRY_COMPARE(model.rowCount(), 3);
        server.on("GET", u"/list"_s, Answer::problem(500, u"T"_s, u"D"_s));
        model.refresh();
        QTRY_VERIFY(model.problem());
        QCOMPARE(model.rowCount(), 3);
    }

    void selectedRowsAreCopiedForASpreadsheet()
    {
        FakeServer server;
        server.on("GET", u"/list"_s, Answer::json({{u"results"_s, rows(3, 3)}}));
        Session session({.id = u"x"_s, .name = {}, .url = server.url()}, {});
        PagedModel model(columns);
        TableView table(u"Things"_s);
        table.setModel(&model);
        model.setSource(&session, u"/list"_s);
        QTRY_COMPARE(model.rowCount(), 3);
        table.selectRow(1);
        QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"Id\tState\n2\tready\n"_s);
        QSignalSpy opened(&table, &TableView::opened);
        QTest::keyClick(&table, Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
    }

    void theFiguresOfFiveMinutesAreKept()
    {
        Figures figures;
        QJsonArray many;
        for (int i = 0; i < 400; ++i)
            many << i;
        figures.load({{u"requests"_s, many}});
        QCOMPARE(figures.requests().size(), Figures::kept);
        QCOMPARE(Figures::last(figures.requests()), 399);
        figures.append({{u"requests"_s, 7}});
        QCOMPARE(figures.requests().size(), Figures::kept);
        QCOMPARE(Figures::last(figures.requests()), 7);
        figures.append({}); // an event without figures
        QCOMPARE(Figures::last(figures.requests()), 7);
        figures.load({{u"requests"_s, QJsonArray{0, 30, 10, 0}}, {u"p50_us"_s, QJsonArray{0, 100, 500, 0}}});
        QCOMPARE(figures.whereAsked(figures.p50()), (QList<double>{-1, 100, 500, -1}));
        QCOMPARE(figures.meanTime(figures.p50(), 10), 200);
        QCOMPARE(figures.meanTime(figures.p50(), 1), -1);
        QCOMPARE(roundedUp(0), 1);
        QCOMPARE(roundedUp(101), 150);
        QCOMPARE(roundedUp(990), 1000);
    }

    void everyDrawingIsDrawn()
    {
        useResources();
        const auto names = QDir(u":/quoin-admin/icons"_s).entryList({u"*.svg"_s});
        QVERIFY(names.size() > 40);
        for (const QString &name : names) {
            const QImage image = themedIcon(name.chopped(4), Qt::red).pixmap(32, 32).toImage();
            bool hasInk = false;
            for (int y = 0; y < image.height() && !hasInk; ++y) {
                for (int x = 0; x < image.width(); ++x)
                    hasInk = hasInk || image.pixelColor(x, y).alpha() > 100;
            }
            QVERIFY2(hasInk, qPrintable(name));
        }
    }
};

QTEST_MAIN(WidgetsTest)
#include "tst_widgets.moc"
