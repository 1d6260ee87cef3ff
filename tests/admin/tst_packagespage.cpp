// SPDX-License-Identifier: GPL-3.0-only
#include "fakeserver.h"
#include "packages/packagecontents.h"
#include "packages/packagedetail.h"
#include "packages/packagesaver.h"
#include "packages/packagespage.h"
#include "pageground.h"
#include "ui/facts.h"
#include "ui/messagestrip.h"
#include "ui/pagedmodel.h"
#include "ui/tableview.h"
#include "ui/textblock.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QJsonArray>
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace admin;
using Answer = FakeServer::Answer;
using Asked = FakeServer::Asked;

namespace {

const QByteArray zipBytes = QByteArray(300'000, 'z');

struct Ground
{
    explicit Ground(bool isReadOnly = false)
        : session(connectionTo(server.url(), isReadOnly), u"token"_s)
    {
        server.on("GET", u"/admin/v1/sips"_s, [this](const Asked &asked) { return list(asked); });
        server.on("POST", u"/admin/v1/sips/{id}/verify"_s, [this](const Asked &asked) { return verify(asked); });
        server.on("GET", u"/sip/{id}/file"_s, [this](const Asked &) { return Answer{.body = file}; });
        server.on("GET", u"/admin/v1/sips/{id}/entries"_s, [](const Asked &) {
            return Answer::json(
                {{u"results"_s,
                  QJsonArray{QJsonObject{{u"name"_s, u"bagit.txt"_s}, {u"size"_s, 55}},
                             QJsonObject{{u"name"_s, u"data/big.bin"_s}, {u"size"_s, 5'000'000}},
                             QJsonObject{{u"name"_s, u"data/small.bin"_s}, {u"size"_s, 3}}}},
                 {u"bag"_s, QJsonObject{{u"info"_s, QJsonObject{{u"Bagging-Date"_s, u"2026-11-24"_s}}}}}});
        });
        server.on("GET", u"/admin/v1/sips/{id}/entries/{index}"_s, [](const Asked &asked) {
            const bool isText = asked.path.endsWith(u"/0"_s);
            return Answer{.body = isText ? QByteArray("BagIt-Version: 1.0\n") : QByteArray("\0\xff\1", 3),
                          .contentType = "application/octet-stream"};
        });
    }
    void add(const QString &fault = {}, bool isVerified = true)
    {
        const qint64 id = packages.size() + 1;
        const QString now = QDateTime::currentDateTimeUtc().addSecs(-600).toString(Qt::ISODateWithMs);
        QJsonObject package{
            {u"id"_s, id},
            {u"record"_s, 1000 + id},
            {u"file"_s, u"000/record-%1.zip"_s.arg(1000 + id)},
            {u"size"_s, zipBytes.size()},
            {u"sha256"_s, QString::fromLatin1(QCryptographicHash::hash(zipBytes, QCryptographicHash::Sha256).toHex())},
            {u"created"_s, now},
            {u"checked"_s, now}};
        if (isVerified)
            package[u"verified"_s] = now;
        if (!fault.isEmpty())
            package[u"fault"_s] = fault;
        packages.prepend(package);
    }
    bool show()
    {
        admin::show(page, session);
        model = page.findChild<PagedModel *>();
        for (auto *one : page.findChildren<TableView *>())
            table = one->accessibleName() == u"Packages"_s ? one : table;
        return QTest::qWaitFor([this] { return model->isLoaded() && session.endpoints().isKnown(); }, 30'000);
    }
    QString message() const
    {
        const auto *strip = page.findChild<MessageStrip *>();
        return strip->isVisible() ? strip->text() : QString();
    }

    Answer list(const Asked &asked) const
    {
        QJsonArray rows;
        for (const QJsonObject &package : packages) {
            const bool isOf = asked.value(u"record"_s).isEmpty()
                || package[u"record"_s].toInteger() == asked.value(u"record"_s).toLongLong();
            if (isOf && (asked.value(u"state"_s) != u"fault"_s || package.contains(u"fault"_s)))
                rows << package;
        }
        return Answer::json({{u"results"_s, rows}});
    }
    Answer verify(const Asked &asked)
    {
        for (QJsonObject &package : packages) {
            if (package[u"id"_s].toInteger() != asked.path.section(u'/', 4, 4).toLongLong())
                continue;
            package[u"verified"_s] = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs);
            if (package[u"id"_s].toInteger() == damaged)
                package[u"fault"_s] = u"the file is gone"_s;
            return Answer::json(package);
        }
        return Answer::problem(404, u"Not Found"_s, u"There is no such package"_s);
    }

    FakeServer server;
    QByteArray file = zipBytes;
    qint64 damaged = 0;
    QList<QJsonObject> packages;
    Session session;
    PackagesPage page;
    PagedModel *model = nullptr;
    TableView *table = nullptr;
};

} // namespace

class PackagesPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::dress(false); }

    void packagesAreListedWithTheirState()
    {
        Ground ground;
        ground.add();
        ground.add({}, false);
        ground.add(u"the digest differs"_s);
        QVERIFY(ground.show());
        QCOMPARE(ground.model->rowCount(), 3);
        QStringList states;
        for (int row = 0; row < 3; ++row)
            states << ground.model->index(row, 2).data().toString();
        QCOMPARE(states, (QStringList{u"Fault"_s, u"Unverified"_s, u"Verified"_s}));
        ground.page.open({{u"state"_s, u"fault"_s}});
        QTRY_COMPARE(ground.model->rowCount(), 1);
        ground.page.open({{u"record"_s, 1001}});
        QTRY_COMPARE(ground.server.last("GET", u"/admin/v1/sips"_s).value(u"record"_s), u"1001"_s);
    }

    void selectedOnesAreVerifiedOneAfterTheOther()
    {
        Ground ground;
        for (int i = 0; i < 3; ++i)
            ground.add({}, false);
        ground.damaged = 2;
        QVERIFY(ground.show());
        ground.table->selectAll();
        QCOMPARE(commandOf(ground.page, u"packages.verify"_s)->text(), u"Verify 3 now"_s);
        commandOf(ground.page, u"packages.verify"_s)->trigger();
        QTRY_VERIFY(ground.message().contains(u"1 of 3 packages"_s));
        QCOMPARE(ground.server.count("POST", u"/admin/v1/sips/{id}/verify"_s), 3);
        QCOMPARE(ground.model->index(ground.model->rowOf(2), 2).data().toString(), u"Fault"_s);
        QCOMPARE(ground.model->index(ground.model->rowOf(3), 2).data().toString(), u"Verified"_s);
        QCOMPARE(ground.table->selectedRows().size(), 3);
    }

    void aSavedFileIsThePackage()
    {
        Ground ground;
        ground.add();
        QVERIFY(ground.show());
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"a.zip"_s);
        ground.page.saveTo(ground.packages.first(), path);
        QTRY_VERIFY(ground.message().contains(u"Its SHA-256 is that of the package"_s));
        QFile saved(path);
        QVERIFY(saved.open(QIODevice::ReadOnly));
        QCOMPARE(saved.readAll(), zipBytes);
    }

    void whatIsNotThePackageIsNotSaved_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("reason");
        QTest::newRow("another byte") << QByteArray(zipBytes).replace(100, 1, "x") << u"another SHA-256"_s;
        QTest::newRow("too short") << zipBytes.first(1000) << u"1000 bytes came"_s;
    }
    void whatIsNotThePackageIsNotSaved()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, reason);
        Ground ground;
        ground.add();
        ground.file = bytes;
        QVERIFY(ground.show());
        const QTemporaryDir folder;
        ground.page.saveTo(ground.packages.first(), folder.filePath(u"a.zip"_s));
        QTRY_VERIFY2(ground.message().contains(reason), qPrintable(ground.message()));
        QVERIFY(QDir(folder.path()).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
    }

    void aPlaceThatCannotBeWrittenIsSaid()
    {
        Ground ground;
        ground.add();
        QVERIFY(ground.show());
        ground.page.saveTo(ground.packages.first(), u"/nowhere/at/all/a.zip"_s);
        QTRY_VERIFY(ground.message().contains(u"Choose another place"_s));
    }

    void oneLooksInside()
    {
        Ground ground;
        ground.add();
        QVERIFY(ground.show());
        ground.table->selectRow(0);
        commandOf(ground.page, u"packages.look"_s)->trigger();
        auto *contents = ground.page.findChild<PackageContents *>();
        QTRY_COMPARE(contents->table()->model()->rowCount(), 3);
        contents->table()->selectRow(0);
        QTRY_COMPARE(contents->findChild<TextBlock *>()->text(), u"BagIt-Version: 1.0\n"_s);
        takePictures(ground.page, u"packages-inside"_s);
        const auto hint = [&] {
            QStringList texts;
            for (const auto *label : contents->findChildren<QLabel *>())
                texts << label->text();
            return texts.join(u'\n');
        };
        contents->table()->selectRow(1);
        QTRY_VERIFY(hint().contains(u"too large to be read here"_s));
        contents->table()->selectRow(2);
        QTRY_VERIFY(hint().contains(u"is not text"_s));
        QVERIFY(hint().contains(u"Bagging-Date"_s));
        QCOMPARE(ground.server.count("GET", u"/admin/v1/sips/{id}/entries/{index}"_s), 2);
    }

    void whatComesKeepsTheSelection()
    {
        Ground ground;
        ground.add();
        ground.add();
        QVERIFY(ground.show());
        ground.table->selectRow(1);
        ground.add();
        Q_EMIT ground.session.changed(u"sips"_s, {});
        QTRY_COMPARE(ground.model->rowCount(), 3);
        QCOMPARE(ground.table->selectedRows(), QList<int>{2});
        QCOMPARE(ground.page.findChild<PackageDetail *>()->packageId(), 1);
    }

    void aReadOnlyConnectionDoesNotVerify()
    {
        Ground ground(true);
        ground.add();
        QVERIFY(ground.show());
        ground.table->selectRow(0);
        QCOMPARE(commandOf(ground.page, u"packages.verify"_s)->whyNot(), u"This connection is read-only"_s);
        QVERIFY(commandOf(ground.page, u"packages.save"_s)->isEnabled());
    }

    void aServerThatGoesAwayEndsTheVerifying()
    {
        Ground ground;
        for (int i = 0; i < 3; ++i)
            ground.add({}, false);
        ground.server.on("POST", u"/admin/v1/sips/{id}/verify"_s, Answer{.drops = true});
        QVERIFY(ground.show());
        ground.table->selectAll();
        commandOf(ground.page, u"packages.verify"_s)->trigger();
        QTRY_VERIFY(ground.message().contains(u"3 of 3 could not be verified"_s));
    }

    void theRecordIsOpenedInRecords()
    {
        Ground ground;
        ground.add();
        QVERIFY(ground.show());
        ground.table->selectRow(0);
        QSignalSpy spy(&ground.page, &Page::openRequested);
        commandOf(ground.page, u"packages.record"_s)->trigger();
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy.first().at(0).toString(), u"records"_s);
        QCOMPARE(spy.first().at(1).toJsonObject()[u"id"_s].toInteger(), 1001);
    }

    void everyControlHasAName()
    {
        Ground ground;
        ground.add(u"the digest differs"_s);
        for (int i = 0; i < 9; ++i)
            ground.add({}, i != 3);
        QVERIFY(ground.show());
        ground.table->selectRow(9);
        QCOMPARE(namelessControls(ground.page).join(u'\n'), QString());
        takePictures(ground.page, u"packages"_s);
    }
};

QTEST_MAIN(PackagesPageTest)
#include "tst_packagespage.moc"
