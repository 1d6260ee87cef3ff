// SPDX-License-Identifier: GPL-3.0-only
#include "faketasks.h"
#include "pageground.h"
#include "tasks/taskactions.h"
#include "tasks/tasklistview.h"
#include "tasks/taskspage.h"
#include "ui/language.h"
#include "ui/messagestrip.h"
#include "ui/pagedmodel.h"
#include "ui/tableview.h"

#include <QLocale>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace admin;

namespace {

struct Ground
{
    explicit Ground(bool isReadOnly = false)
        : session(connectionTo(server.url(), isReadOnly), u"token"_s)
        , notices(&page, &Page::notice)
    {
        for (int i = 0; i < 3; ++i) {
            tasks.add(u"a.b"_s, u"done"_s);
            tasks.add(u"a.b"_s, u"dead"_s);
        }
        tasks.add(u"a.b"_s, u"running"_s);
    }
    bool show()
    {
        admin::show(page, session);
        list = page.findChild<TaskListView *>();
        return QTest::qWaitFor([this] { return list->model()->rowCount() == 7 && session.endpoints().isKnown(); },
                               30'000);
    }
    void select(const QList<qint64> &ids)
    {
        list->table()->clearSelection();
        for (const qint64 id : ids)
            list->table()->selectionModel()->select(list->model()->index(list->model()->rowOf(id), 0),
                                                    QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
    Command *command(const QString &id) { return commandOf(page, id); }
    int posts(const QString &path) { return server.count("POST", u"/admin/v1/tasks/"_s + path); }
    QString message() const
    {
        for (const auto *strip : list->findChildren<MessageStrip *>()) {
            if (strip->isVisible())
                return strip->text();
        }
        return {};
    }

    FakeServer server;
    FakeTasks tasks{server};
    Session session;
    TasksPage page;
    QSignalSpy notices;
    TaskListView *list = nullptr;
};

} // namespace

// Ids: done 1, 3, 5; dead 2, 4, 6; running 7.
class TaskActionsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { useLanguage(QLocale::c(), {}); }

    void aDeadTaskIsRetriedAtOnce()
    {
        Ground ground;
        QVERIFY(ground.show());
        ground.select({2});
        ground.command(u"tasks.retry"_s)->trigger();
        QTRY_COMPARE(ground.notices.size(), 1);
        QCOMPARE(ground.tasks.stateOf(2), u"ready"_s);
        QTRY_COMPARE(ground.list->model()->row(ground.list->model()->rowOf(2))[u"state"_s].toString(), u"ready"_s);
    }

    void whatIsNotPossibleSaysWhy()
    {
        Ground ground;
        QVERIFY(ground.show());
        QCOMPARE(ground.command(u"tasks.retry"_s)->whyNot(), u"Select a task first"_s);
        ground.select({7});
        QVERIFY(!ground.command(u"tasks.retry"_s)->isEnabled());
        QVERIFY(!ground.command(u"tasks.delete"_s)->isEnabled());
        QVERIFY(ground.command(u"tasks.cancel"_s)->isEnabled());
    }

    void deletingASelectionAsksWithItsNumber()
    {
        Ground ground;
        QVERIFY(ground.show());
        ground.select({1, 2, 7});
        QCOMPARE(ground.command(u"tasks.delete"_s)->text(), u"Delete 2 tasks"_s);
        ground.command(u"tasks.delete"_s)->trigger();
        QVERIFY(questionOver(ground.page));
        QCOMPARE(answerOf(questionOver(ground.page))->text(), u"Delete 2 tasks"_s);
        QCOMPARE(ground.posts(u"delete"_s), 0);
        answerOf(questionOver(ground.page))->click();
        QTRY_COMPARE(ground.tasks.size(), 5);
        QCOMPARE(ground.server.last("POST", u"/admin/v1/tasks/delete"_s).body.size(),
                 QByteArray("{\"ids\":[1,2]}").size());
        QTRY_COMPARE(ground.list->model()->rowCount(), 5);
        QCOMPARE(ground.tasks.stateOf(7), u"running"_s);
    }

    void saysNoAndNothingIsSent()
    {
        Ground ground;
        QVERIFY(ground.show());
        ground.select({2});
        ground.command(u"tasks.delete"_s)->trigger();
        QVERIFY(questionOver(ground.page));
        questionOver(ground.page)->reject();
        QVERIFY(!questionOver(ground.page));
        QCOMPARE(ground.server.count("DELETE", u"/admin/v1/tasks/{id}"_s), 0);
    }

    void allThatMatchAreCountedBeforeTheQuestion()
    {
        Ground ground;
        QVERIFY(ground.show());
        ground.page.open({{u"state"_s, u"dead"_s}});
        QTRY_COMPARE(ground.list->model()->rowCount(), 3);
        ground.command(u"tasks.retry.matching"_s)->trigger();
        QTRY_VERIFY(questionOver(ground.page));
        QCOMPARE(ground.server.last("POST", u"/admin/v1/tasks/retry"_s).value(u"dry_run"_s), u"true"_s);
        QCOMPARE(answerOf(questionOver(ground.page))->text(), u"Retry 3 tasks"_s);
        answerOf(questionOver(ground.page))->click();
        QTRY_COMPARE(ground.notices.size(), 1);
        QCOMPARE(ground.notices.first().first().toString(), u"3 tasks retried"_s);
        QCOMPARE(ground.server.last("POST", u"/admin/v1/tasks/retry"_s).value(u"state"_s), u"dead"_s);
        for (const qint64 id : {2, 4, 6})
            QCOMPARE(ground.tasks.stateOf(id), u"ready"_s);
    }

    void moreThanWasAgreedIsAskedAgain()
    {
        Ground ground;
        QVERIFY(ground.show());
        ground.command(u"tasks.delete.matching"_s)->trigger();
        QTRY_VERIFY(questionOver(ground.page));
        QCOMPARE(ground.server.last("POST", u"/admin/v1/tasks/delete"_s).value(u"all"_s), u"true"_s);
        QCOMPARE(answerOf(questionOver(ground.page))->text(), u"Delete 6 tasks"_s);
        ground.tasks.setState(7, u"dead"_s);
        answerOf(questionOver(ground.page))->click();
        QTRY_VERIFY(questionOver(ground.page) && answerOf(questionOver(ground.page))->text() == u"Delete 7 tasks"_s);
        QCOMPARE(ground.tasks.size(), 7);
        answerOf(questionOver(ground.page))->click();
        QTRY_COMPARE(ground.tasks.size(), 0);
    }

    void nothingThatMatchesIsSaid()
    {
        Ground ground;
        QVERIFY(ground.show());
        ground.page.open({{u"state"_s, u"scheduled"_s}});
        ground.command(u"tasks.cancel.matching"_s)->trigger();
        QTRY_VERIFY(ground.message().contains(u"Nothing to do"_s));
        QVERIFY(!questionOver(ground.page));
    }

    void whatWasRefusedIsToldWithItsReason()
    {
        Ground ground;
        QVERIFY(ground.show());
        ground.select({2, 4});
        ground.tasks.setState(4, u"running"_s); // the table does not know yet
        ground.command(u"tasks.retry"_s)->trigger();
        QTRY_VERIFY(ground.message().contains(u"4: it is running"_s));
        QCOMPARE(ground.tasks.stateOf(2), u"ready"_s);
    }

    void aConflictIsShownAndTheListIsFetchedAgain()
    {
        Ground ground;
        QVERIFY(ground.show());
        ground.server.on("POST", u"/admin/v1/tasks/{id}/retry"_s,
                         FakeServer::Answer::problem(409, u"Conflict"_s, u"Another task has its key"_s));
        ground.select({2});
        const int before = ground.server.count("GET", u"/admin/v1/tasks"_s);
        ground.command(u"tasks.retry"_s)->trigger();
        QTRY_VERIFY(ground.message().contains(u"Another task has its key"_s));
        QTRY_VERIFY(ground.server.count("GET", u"/admin/v1/tasks"_s) > before);
        QCOMPARE(ground.notices.size(), 0);
    }

    void aSlowServerIsNotAskedTwice()
    {
        Ground ground;
        QVERIFY(ground.show());
        ground.select({2});
        ground.server.setDelay(300ms);
        ground.command(u"tasks.retry"_s)->trigger();
        QVERIFY(!ground.command(u"tasks.retry"_s)->isEnabled());
        QTRY_COMPARE(ground.notices.size(), 1);
        QCOMPARE(ground.server.count("POST", u"/admin/v1/tasks/{id}/retry"_s), 1);
    }

    void aReadOnlyConnectionChangesNothing()
    {
        Ground ground(true);
        QVERIFY(ground.show());
        ground.select({2, 4});
        for (Command *command : ground.page.commands()) {
            if (command->effect() == Command::Effect::Changes)
                QVERIFY2(!command->isEnabled(), qPrintable(command->id()));
        }
        QCOMPARE(ground.command(u"tasks.retry"_s)->whyNot(), u"This connection is read-only"_s);
    }

    void aTokenThatMayOnlyReadSaysSo()
    {
        Ground ground;
        ground.server.setScopes({u"admin:read"_s});
        QVERIFY(ground.show());
        ground.select({2});
        QVERIFY(ground.command(u"tasks.retry"_s)->isVisible());
        QCOMPARE(ground.command(u"tasks.retry"_s)->whyNot(), u"Your token may read only"_s);
        QVERIFY(!ground.command(u"tasks.delete.matching"_s)->isEnabled());
    }
};

QTEST_MAIN(TaskActionsTest)
#include "tst_taskactions.moc"
