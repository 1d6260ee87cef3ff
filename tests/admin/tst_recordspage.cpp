// SPDX-License-Identifier: GPL-3.0-only
#include "fakeserver.h"
#include "records/exportjob.h"
#include "records/importjob.h"
#include "records/jobbar.h"
#include "records/recorddetail.h"
#include "records/recordmodel.h"
#include "records/recordspage.h"
#include "records/recordtable.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace admin;

/// A server with so many records, ids from 1, whose cursors are the last id that was seen.
class RecordServer
{
public:
    explicit RecordServer(qint64 count)
        : m_count(count)
    {
        server.on("GET", u"/admin/v1/records"_s, [this](const auto &asked) { return list(asked); });
        server.on("GET", u"/admin/v1/records/positions"_s, [this](const auto &asked) { return positions(asked); });
        server.on("GET", u"/record/{id}"_s, [](const auto &asked) {
            const qint64 id = asked.path.section(u'/', -1).toLongLong();
            return FakeServer::Answer{.body = "{\"id\":" + QByteArray::number(id) + ",\"data\":" + dataOf(id) + "}"};
        });
        server.on("POST", u"/record"_s, [this](const auto &asked) {
            stored << asked.body;
            return FakeServer::Answer{.body = "{\"id\":1,\"data\":null}", .headers = {{"Location", "/record/1"}}};
        });
    }

    static QByteArray dataOf(qint64 id) { return "{\"title\":\"Record " + QByteArray::number(id) + "\", \"n\":1.50}"; }

    FakeServer server;
    QByteArrayList stored;

private:
    FakeServer::Answer list(const FakeServer::Asked &asked) const
    {
        const QString after = asked.value(u"after"_s);
        qint64 id = after.isEmpty() ? m_count : after.toLongLong() - 1;
        const qint64 limit = asked.value(u"limit"_s).toLongLong();
        QByteArrayList rows;
        for (; id > 0 && rows.size() < limit; --id)
            rows << "{\"id\":" + QByteArray::number(id) + ",\"size\":30,\"data\":" + dataOf(id) + "}";
        const QByteArray next = id > 0 ? ",\"next\":\"" + QByteArray::number(id + 1) + "\"" : QByteArray();
        return {.body = "{\"results\":[" + rows.join(',') + "]" + next + "}"};
    }
    FakeServer::Answer positions(const FakeServer::Asked &asked) const
    {
        const qint64 every = asked.value(u"every"_s).toLongLong();
        const qint64 from = asked.value(u"id_from"_s).toLongLong();
        QJsonArray cursors;
        for (qint64 row = 0; row < m_count; row += every)
            cursors << (row == 0 ? QString() : QString::number(m_count - row + 1));
        return FakeServer::Answer::json({{u"count"_s, from > 0 ? m_count - from + 1 : m_count},
                                         {u"every"_s, every},
                                         {u"cursors"_s, cursors},
                                         {u"last"_s, m_count}});
    }

    qint64 m_count;
};

class RecordsPageTest : public QObject
{
    Q_OBJECT

    static std::unique_ptr<Session> sessionOf(const FakeServer &server)
    {
        Connection connection;
        connection.id = u"test"_s;
        connection.url = server.url();
        auto session = std::make_unique<Session>(connection, u"token"_s);
        session->start();
        return session;
    }

private Q_SLOTS:
    void anyRowCanBeJumpedToAndMemoryIsBounded()
    {
        RecordServer records(50'000);
        const auto session = sessionOf(records.server);
        QTRY_VERIFY(session->endpoints().isKnown());
        RecordModel model;
        model.setSession(session.get());
        model.reload();
        QTRY_COMPARE(model.rowCount(), 50'000);
        for (int row = 0; row < 50'000; row += 777) {
            model.showRows(row, std::min(row + 30, 49'999));
            QTRY_COMPARE(model.idAt(row), qint64(50'000 - row));
            QVERIFY(model.loadedPages() <= RecordModel::mostPages);
        }
    }

    void aServerThatFailsIsToldAndTriedAgain()
    {
        RecordServer records(300);
        const auto session = sessionOf(records.server);
        QTRY_VERIFY(session->endpoints().isKnown());
        records.server.on("GET", u"/admin/v1/records"_s, FakeServer::Answer::problem(500, u"Broken"_s, u"Disk"_s));
        RecordModel model;
        model.setSession(session.get());
        model.reload();
        QTRY_VERIFY(model.problem());
        QVERIFY(!model.isLoaded());
        records.server.on("GET", u"/admin/v1/records"_s, FakeServer::Answer{.body = "{\"results\":[]}"});
        model.reload();
        QTRY_VERIFY(model.isLoaded());
        QVERIFY(!model.problem());
    }

    void thePageShowsTheFirstRecordAndExportsAll()
    {
        RecordServer records(250);
        const auto session = sessionOf(records.server);
        RecordsPage page;
        page.resize(1200, 760);
        page.setSession(session.get());
        page.show();
        page.activated();
        QTRY_VERIFY(page.isReady());
        QTRY_COMPARE(page.detail()->json(), RecordServer::dataOf(250));
        QTest::keyClick(page.table(), Qt::Key_Down);
        QTRY_COMPARE(page.detail()->json(), RecordServer::dataOf(249));

        const QTemporaryDir folder;
        page.table()->clearSelection();
        const QString file = folder.filePath(u"all.ndjson"_s);
        Job *job = page.exportTo(file, ExportFormat::Lines)->job();
        QTRY_VERIFY(job->hasEnded());
        QVERIFY2(!job->problem(), qPrintable(job->summary()));
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QByteArray wanted;
        for (qint64 id = 250; id > 0; --id)
            wanted += RecordServer::dataOf(id) + '\n';
        QCOMPARE(written.readAll(), wanted);

        // And back: each line arrives as it was.
        auto *import = static_cast<ImportJob *>(page.importFiles({file})->job());
        QTRY_VERIFY(import->hasEnded());
        QCOMPARE(import->good(), qint64(250));
        auto stored = records.stored;
        auto lines = wanted.split('\n');
        lines.removeAll(QByteArray());
        std::ranges::sort(stored);
        std::ranges::sort(lines);
        QCOMPARE(stored, lines);
        page.setSession(nullptr);
    }

    void badLinesOfAnImportAreReportedWithTheirNumbers()
    {
        RecordServer records(1);
        const auto session = sessionOf(records.server);
        QTRY_VERIFY(session->endpoints().isKnown());
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"some.ndjson"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"a\":1}\n\n{\"a\":}\n[1.50]\n");
        file.close();
        ImportJob job(session.get(), {file.fileName()}, this);
        job.start();
        QTRY_VERIFY(job.hasEnded());
        QCOMPARE(job.good(), qint64(2));
        QCOMPARE(job.bad(), qint64(1));
        QFile report(job.report());
        QVERIFY(report.open(QIODevice::ReadOnly));
        QVERIFY(report.readAll().startsWith(file.fileName().toUtf8() + ":3: column 6"));
        QVERIFY(records.stored.contains("[1.50]"));
    }
};

QTEST_MAIN(RecordsPageTest)
#include "tst_recordspage.moc"
