// SPDX-License-Identifier: GPL-3.0-only
#include "fakeserver.h"
#include "log/auditview.h"
#include "log/logmodel.h"
#include "log/logpage.h"
#include "log/logview.h"
#include "pageground.h"
#include "ui/pagedmodel.h"
#include "ui/tableview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QScrollBar>

using namespace Qt::StringLiterals;
using namespace admin;
using Answer = FakeServer::Answer;

namespace {

const QString logPath = u"/admin/v1/log"_s;

/// A server with a log: `after` is the number of lines seen.
struct Ground
{
    Ground()
        : session(connectionTo(server.url()), u"token"_s)
    {
        server.on("GET", logPath, [this](const FakeServer::Asked &asked) { return answer(asked); });
        server.on("GET", u"/admin/v1/audit"_s,
                  Answer::json({{u"results"_s,
                                 QJsonArray{QJsonObject{{u"id"_s, 1},
                                                        {u"at"_s, u"2026-11-23T17:48:01.000042Z"_s},
                                                        {u"token"_s, u"laptop"_s},
                                                        {u"peer"_s, u"127.0.0.1"_s},
                                                        {u"method"_s, u"POST"_s},
                                                        {u"path"_s, u"/admin/v1/tasks/7/retry"_s},
                                                        {u"status"_s, 200},
                                                        {u"request_id"_s, u"r-7"_s}}}}}));
    }
    void show()
    {
        admin::show(page, session);
        view = page.findChild<LogView *>();
    }
    void write(const QString &message, const QJsonObject &more = {})
    {
        QJsonObject line{{u"sequence"_s, lines.size()},
                         {u"time"_s, u"2026-11-23T17:48:01.000042Z"_s},
                         {u"level"_s, u"info"_s},
                         {u"category"_s, u"quoin.server"_s},
                         {u"message"_s, message}};
        for (auto member = more.begin(); member != more.end(); ++member)
            line.insert(member.key(), member.value());
        lines.append(line);
    }
    Answer answer(const FakeServer::Asked &asked) const
    {
        const QString request = asked.value(u"request_id"_s);
        QJsonArray results;
        for (int i = asked.value(u"after"_s).toInt(); i < lines.size(); ++i) {
            const QJsonObject line = lines[i].toObject();
            if (request.isEmpty() || line[u"request_id"_s] == request)
                results.append(line);
        }
        QJsonObject object{{u"results"_s, results}, {u"next"_s, QString::number(lines.size())}};
        if (missed > 0)
            object.insert(u"missed"_s, missed);
        return Answer::json(object);
    }
    void second() { Q_EMIT session.changed(u"server"_s, {}); }
    int rows() const { return view->model().rowCount(); }

    FakeServer server;
    QJsonArray lines;
    int missed = 0;
    Session session;
    LogPage page;
    LogView *view = nullptr;
};

} // namespace

class LogPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::dress(false); }

    void newLinesFollow()
    {
        Ground ground;
        ground.write(u"plugin live"_s, {{u"fields"_s, QJsonObject{{u"id"_s, u"counter"_s}}}});
        ground.show();
        QTRY_COMPARE(ground.rows(), 1);
        ground.write(u"task failed"_s, {{u"level"_s, u"warning"_s}});
        ground.second();
        QTRY_COMPARE(ground.rows(), 2);
        QVERIFY(ground.view->model().text(0).contains(u"plugin live  id=counter"_s));
        QCOMPARE(namelessControls(ground.page), QStringList());
        takePictures(ground.page, u"log"_s);
    }

    void aPausedLogStandsStillAndCatchesUp()
    {
        Ground ground;
        ground.write(u"first"_s);
        ground.show();
        QTRY_COMPARE(ground.rows(), 1);
        const qsizetype asked = ground.server.count("GET", logPath);
        commandOf(ground.page, u"log.pause"_s)->trigger();
        ground.write(u"second"_s);
        ground.second();
        QCoreApplication::processEvents();
        QCOMPARE(ground.server.count("GET", logPath), asked);
        commandOf(ground.page, u"log.pause"_s)->trigger();
        QTRY_COMPARE(ground.rows(), 2);
    }

    void whoScrollsUpIsLeftThere()
    {
        Ground ground;
        for (int i = 0; i < 300; ++i)
            ground.write(u"line %1"_s.arg(i));
        ground.show();
        QTRY_COMPARE(ground.rows(), 300);
        QScrollBar *bar = ground.view->table()->verticalScrollBar();
        QTRY_COMPARE(bar->value(), bar->maximum()); // the end is what matters
        bar->setValue(10);
        ground.write(u"one more"_s);
        ground.second();
        QTRY_COMPARE(ground.rows(), 301);
        QCOMPARE(bar->value(), 10);
    }

    void theListIsBounded()
    {
        Ground ground;
        for (int i = 0; i < LogModel::mostLines + 10; ++i)
            ground.write(u"line %1"_s.arg(i));
        ground.show();
        QTRY_COMPARE(ground.rows(), LogModel::mostLines);
        QVERIFY(ground.view->model().text(0).endsWith(u"line 10"_s));
    }

    void oneRequestCanBeFollowed()
    {
        Ground ground;
        ground.write(u"mine"_s, {{u"request_id"_s, u"r-7"_s}});
        ground.write(u"another's"_s, {{u"request_id"_s, u"r-8"_s}});
        ground.show();
        QTRY_COMPARE(ground.rows(), 2);
        ground.view->table()->selectRow(0);
        commandOf(ground.page, u"log.request"_s)->trigger();
        QTRY_COMPARE(ground.rows(), 1);
        QVERIFY(ground.view->model().text(0).contains(u"mine"_s));
    }

    void linesAreCopiedAsText()
    {
        Ground ground;
        ground.write(u"to be copied"_s);
        ground.show();
        QTRY_COMPARE(ground.rows(), 1);
        ground.view->table()->selectRow(0);
        commandOf(ground.page, u"log.copy"_s)->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 u"2026-11-23T17:48:01.000042Z info quoin.server: to be copied"_s);
    }

    void changesAreListedAndLeadToTheirLines()
    {
        Ground ground;
        ground.write(u"retried"_s, {{u"request_id"_s, u"r-7"_s}});
        ground.write(u"something else"_s);
        ground.show();
        QTRY_COMPARE(ground.rows(), 2);
        ground.page.open({{u"view"_s, u"audit"_s}});
        auto *audit = ground.page.findChild<AuditView *>();
        QTRY_COMPARE(audit->model()->rowCount(), 1);
        QTRY_VERIFY(ground.page.isReady());
        takePictures(ground.page, u"audit"_s);
        Q_EMIT audit->findChild<TableView *>()->opened(audit->model()->index(0, 0));
        QTRY_COMPARE(ground.rows(), 1);
        QVERIFY(ground.view->isVisible());
    }
};

QTEST_MAIN(LogPageTest)
#include "tst_logpage.moc"
