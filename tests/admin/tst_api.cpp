// SPDX-License-Identifier: GPL-3.0-only
#include "client/api.h"
#include "fakeserver.h"

#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using admin::Api;
using admin::ApiReply;
using admin::FakeServer;
using admin::Problem;

class ApiTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anAnswerComesWithItsStatusAndJson()
    {
        FakeServer server;
        server.on("GET", u"/admin/v1/tasks"_s, FakeServer::Answer::json({{u"results"_s, QJsonArray{1, 2}}}));
        Api api(server.url());
        api.setToken(u"quoin_abc"_s);
        QObject page;
        ApiReply *reply = api.get(u"/admin/v1/tasks"_s, {{u"text"_s, u"a+b & c"_s}}, &page);
        bool isDone = false;
        reply->then(&page, [&](const ApiReply &answer) {
            isDone = true;
            QVERIFY(answer.isOk());
            QCOMPARE(answer.status(), 200);
            QCOMPARE(answer.results().size(), 2);
        });
        QTRY_VERIFY(isDone);
        const auto asked = server.last("GET", u"/admin/v1/tasks"_s);
        QCOMPARE(asked.value(u"text"_s), u"a+b & c"_s);
        QCOMPARE(asked.headers.value("authorization"), "Bearer quoin_abc");
    }
};

QTEST_GUILESS_MAIN(ApiTest)
#include "tst_api.moc"
