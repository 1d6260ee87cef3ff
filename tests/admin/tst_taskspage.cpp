// SPDX-License-Identifier: GPL-3.0-only
#include "faketasks.h"
#include "pageground.h"
#include "tasks/queuesview.h"
#include "tasks/taskdetail.h"
#include "tasks/tasklistview.h"
#include "tasks/taskspage.h"
#include "tasks/taskstatetabs.h"
#include "tasks/workersview.h"
#include "ui/pagedmodel.h"
#include "ui/rowsmodel.h"
#include "ui/tableview.h"
#include "ui/textblock.h"

#include <QLabel>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStackedWidget>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace admin;
using Answer = FakeServer::Answer;

namespace {

struct Ground
{
    explicit Ground(bool isReadOnly = false)
        : session(connectionTo(server.url(), isReadOnly), u"token"_s)
    {
    }
    void show()
    {
        admin::show(page, session);
        list = page.findChild<TaskListView *>();
    }
    int rows() const { return list->model()->rowCount(); }
    qint64 selectedId() const { return list->model()->idOf(list->table()->selectedRows().value(0, -1)); }
    QString sentences() const // of what is seen instead of the table
    {
        QStringList texts;
        for (const auto *label : page.findChildren<QLabel *>()) {
            if (label->isVisible())
                texts << label->text();
        }
        return texts.join(u'\n');
    }

    FakeServer server;
    FakeTasks tasks{server};
    Session session;
    TasksPage page;
    TaskListView *list = nullptr;
};

} // namespace

class TasksPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::dress(false); }

    void tasksAreListedAndCounted()
    {
        Ground ground;
        ground.tasks.add(u"sip.make_sip"_s, u"done"_s);
        ground.tasks.add(u"sip.make_sip"_s, u"dead"_s, {{u"error"_s, u"No space\nat line 3"_s}});
        ground.show();
        QTRY_COMPARE(ground.rows(), 2);
        QTRY_COMPARE(ground.page.badge(), 1);
        QCOMPARE(ground.list->model()->index(0, 2).data().toString(), u"Dead"_s);
        QCOMPARE(ground.list->model()->index(0, 7).data().toString(), u"No space"_s);
        auto *tabs = ground.page.findChild<TaskStateTabs *>();
        QTRY_COMPARE(tabs->countOf({}), 2);
        tabs->setState(u"dead"_s);
        QTRY_COMPARE(ground.rows(), 1);
        QCOMPARE(ground.server.last("GET", u"/admin/v1/tasks"_s).value(u"state"_s), u"dead"_s);
    }

    void argumentsKeepTheirDigits()
    {
        Ground ground;
        ground.tasks.arguments = "[12345678901234567890.0100, {\"b\":1e400,\"a\":\"\\u00e9\"}]";
        ground.tasks.add(u"a.b"_s, u"dead"_s, {{u"error"_s, u"Traceback\n  line 1"_s}});
        ground.show();
        QTRY_COMPARE(ground.rows(), 1);
        ground.list->table()->selectRow(0);
        auto *detail = ground.page.findChild<TaskDetail *>();
        QTRY_VERIFY(detail->isWhole());
        QStringList texts;
        for (const auto *block : detail->findChildren<TextBlock *>())
            texts << block->text();
        QVERIFY2(texts.contains(u"Traceback\n  line 1"_s), qPrintable(texts.join(u'|')));
        QVERIFY(texts.contains(u"[\n  12345678901234567890.0100,\n  { \"b\": 1e400, \"a\": \"\\u00e9\" }\n]"_s));
    }

    void whatComesKeepsSelectionAndPlace()
    {
        Ground ground;
        for (int i = 0; i < 150; ++i)
            ground.tasks.add(u"a.b"_s, u"ready"_s);
        ground.show();
        QTRY_COMPARE(ground.rows(), 150);
        auto *table = ground.list->table();
        table->verticalScrollBar()->setValue(60 * table->rowHeight(0));
        table->selectRow(65);
        const qint64 selected = ground.selectedId(), top = ground.list->model()->idOf(table->rowAt(0));
        for (int i = 0; i < 7; ++i)
            ground.tasks.add(u"a.b"_s, u"ready"_s);
        ground.tasks.setState(selected, u"running"_s);
        Q_EMIT ground.session.changed(u"tasks"_s, {});
        QTRY_COMPARE(ground.rows(), 157);
        QCOMPARE(ground.selectedId(), selected);
        QCOMPARE(ground.list->model()->idOf(table->rowAt(0)), top);
        QVERIFY(!commandOf(ground.page, u"tasks.delete"_s)->isEnabled()); // it runs now
        QVERIFY(commandOf(ground.page, u"tasks.cancel"_s)->isEnabled());
    }

    void countsThatComeAlongAreShownWithoutAsking()
    {
        Ground ground;
        ground.show();
        QTRY_VERIFY(ground.session.endpoints().isKnown());
        QTRY_VERIFY(ground.list->isReady());
        QSignalSpy spy(&ground.page, &Page::badgeChanged);
        Q_EMIT ground.session.changed(u"tasks"_s, {{u"counts"_s, QJsonObject{{u"dead"_s, 4}, {u"done"_s, 1}}}});
        QCOMPARE(ground.page.badge(), 4);
        QCOMPARE(spy.size(), 1);
    }

    void anAnswerToAnOlderFilterIsNotShown()
    {
        Ground ground;
        ground.tasks.add(u"a.b"_s, u"dead"_s);
        ground.tasks.add(u"a.b"_s, u"done"_s);
        ground.tasks.add(u"a.b"_s, u"done"_s);
        ground.show();
        QTRY_COMPARE(ground.rows(), 3);
        ground.server.setDelay(200ms);
        ground.page.findChild<TaskStateTabs *>()->setState(u"done"_s);
        ground.server.setDelay(20ms);
        ground.page.findChild<TaskStateTabs *>()->setState(u"dead"_s);
        QTRY_COMPARE(ground.rows(), 1);
        const int before = ground.server.count("GET", u"/admin/v1/tasks"_s);
        Q_EMIT ground.session.changed(u"tasks"_s, {});
        QTRY_VERIFY(ground.server.count("GET", u"/admin/v1/tasks"_s) > before);
        QTRY_VERIFY(!ground.list->model()->isLoading());
        QCOMPARE(ground.rows(), 1);
        QCOMPARE(ground.list->model()->row(0)[u"state"_s].toString(), u"dead"_s);
    }

    void filtersAreSent()
    {
        Ground ground;
        ground.tasks.add(u"a.b"_s, u"done"_s);
        ground.show();
        QTRY_COMPARE(ground.rows(), 1);
        ground.page.open({{u"record"_s, 99}});
        QTRY_COMPARE(ground.server.last("GET", u"/admin/v1/tasks"_s).value(u"record"_s), u"99"_s);
        QTRY_VERIFY(ground.sentences().contains(u"of record 99"_s));
        commandOf(ground.page, u"tasks.clearfilter"_s)->trigger();
        QTRY_COMPARE(ground.rows(), 1);
        for (auto *edit : ground.page.findChildren<QLineEdit *>()) {
            if (edit->accessibleName() == u"Id of the record"_s)
                edit->setText(u"seventeen"_s);
        }
        QTRY_VERIFY(commandOf(ground.page, u"tasks.clearfilter"_s)->isEnabled());
        QVERIFY(!ground.server.last("GET", u"/admin/v1/tasks"_s).query.hasQueryItem(u"record"_s));
    }

    void withoutTasksThereIsASentenceAndAnAction()
    {
        Ground ground;
        ground.show();
        QTRY_VERIFY(ground.sentences().contains(u"No tasks yet"_s));
        QSignalSpy spy(&ground.page, &Page::openRequested);
        for (auto *button : ground.page.findChildren<QAbstractButton *>()) {
            if (button->isVisible() && button->text() == u"Open Records"_s)
                button->click();
        }
        QCOMPARE(spy.size(), 1);
        takePictures(ground.page, u"tasks-empty"_s);
    }

    void aProblemSaysWhatToDoAndCanBeTriedAgain()
    {
        Ground ground;
        ground.tasks.add(u"a.b"_s, u"done"_s);
        bool isBroken = true;
        ground.server.on("GET", u"/admin/v1/tasks"_s, [&](const FakeServer::Asked &) {
            return isBroken ? Answer::problem(503, u"Unavailable"_s, u"The database is away"_s)
                            : Answer::json({{u"results"_s, QJsonArray{QJsonObject{{u"id"_s, 1}}}}});
        });
        ground.show();
        QTRY_VERIFY(ground.sentences().contains(u"The database is away"_s));
        isBroken = false;
        for (auto *button : ground.page.findChildren<QAbstractButton *>()) {
            if (button->isVisible() && button->text() == u"Try again"_s)
                button->click();
        }
        QTRY_COMPARE(ground.rows(), 1);
    }

    void aTaskThatIsDeletedElsewhereStaysReadable()
    {
        Ground ground;
        const qint64 id = ground.tasks.add(u"a.b"_s, u"dead"_s);
        ground.show();
        QTRY_COMPARE(ground.rows(), 1);
        ground.list->table()->selectRow(0);
        QTRY_VERIFY(ground.page.findChild<TaskDetail *>()->isWhole());
        ground.tasks.remove(id);
        Q_EMIT ground.session.changed(u"tasks"_s, {});
        QTRY_VERIFY(ground.sentences().contains(u"no longer there"_s));
        QTRY_VERIFY(!commandOf(ground.page, u"tasks.retry"_s)->isEnabled());
    }

    void workersTellWhatTheyDo()
    {
        Ground ground;
        ground.tasks.workers = {
            QJsonObject{{u"pid"_s, 41}, {u"role"_s, u"web"_s}, {u"state"_s, u"ready"_s}, {u"beat_age_ms"_s, 9000}},
            QJsonObject{
                {u"pid"_s, 42},
                {u"role"_s, u"tasks"_s},
                {u"state"_s, u"ready"_s},
                {u"beat_age_ms"_s, 300},
                {u"doing"_s,
                 QJsonArray{QJsonObject{
                     {u"plugin"_s, u"sip"_s}, {u"kind"_s, u"task"_s}, {u"number"_s, 17}, {u"since_ms"_s, 120}}}}}};
        ground.server.on("POST", u"/admin/v1/workers/{pid}/drain"_s, Answer::json({{u"state"_s, u"draining"_s}}, 202));
        ground.show();
        ground.page.open({{u"view"_s, u"workers"_s}});
        auto *view = ground.page.findChild<WorkersView *>();
        QTRY_COMPARE(view->model()->rowCount(), 2);
        QCOMPARE(view->model()->index(0, 3).data(ToneRole).toInt(), int(Tone::Bad)); // silent for long
        QCOMPARE(view->model()->index(1, 9).data().toString(), u"sip: task 17, 120 ms"_s);
        QVERIFY(!commandOf(ground.page, u"workers.drain"_s)->isEnabled());
        view->table()->selectRow(1);
        commandOf(ground.page, u"workers.drain"_s)->trigger();
        QVERIFY(questionOver(ground.page));
        QSignalSpy spy(&ground.page, &Page::notice);
        answerOf(questionOver(ground.page))->click();
        QTRY_COMPARE(spy.size(), 1);
        QCOMPARE(ground.server.last("POST", u"/admin/v1/workers/{pid}/drain"_s).path, u"/admin/v1/workers/42/drain"_s);
        takePictures(ground.page, u"tasks-workers"_s);
    }

    void aQueueIsPausedAndGoesOn()
    {
        Ground ground;
        QJsonObject queue{{u"name"_s, u"sip.make_sip"_s},
                          {u"ready"_s, 12},
                          {u"dead"_s, 2},
                          {u"paused"_s, false},
                          {u"can_pause"_s, true}};
        ground.tasks.queues = {queue};
        for (const auto &verb : {u"pause"_s, u"resume"_s}) {
            ground.server.on("POST", u"/admin/v1/queues/{name}/"_s + verb, [&, verb](const FakeServer::Asked &) {
                queue[u"paused"_s] = verb == u"pause"_s;
                ground.tasks.queues = {queue};
                return Answer::json(queue);
            });
        }
        ground.show();
        ground.page.open({{u"view"_s, u"queues"_s}});
        auto *view = ground.page.findChild<QueuesView *>();
        QTRY_COMPARE(view->model()->rowCount(), 1);
        view->table()->selectRow(0);
        QVERIFY(!commandOf(ground.page, u"queues.resume"_s)->isEnabled());
        commandOf(ground.page, u"queues.pause"_s)->trigger();
        QTRY_VERIFY(commandOf(ground.page, u"queues.resume"_s)->isEnabled()); // the row stays selected
        QVERIFY(!commandOf(ground.page, u"queues.pause"_s)->isEnabled());
        takePictures(ground.page, u"tasks-queues"_s);
        commandOf(ground.page, u"queues.show"_s)->trigger();
        QTRY_COMPARE(ground.server.last("GET", u"/admin/v1/tasks"_s).value(u"name"_s), u"sip.make_sip"_s);
    }

    void everyControlHasAName()
    {
        Ground ground;
        ground.tasks.add(u"a.b"_s, u"dead"_s, {{u"error"_s, u"x"_s}});
        ground.show();
        QTRY_COMPARE(ground.rows(), 1);
        ground.list->table()->selectRow(0);
        QCOMPARE(namelessControls(ground.page).join(u'\n'), QString());
    }
};

QTEST_MAIN(TasksPageTest)
#include "tst_taskspage.moc"
