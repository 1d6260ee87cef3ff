// SPDX-License-Identifier: GPL-3.0-only
#include "fakeserver.h"
#include "pageground.h"
#include "plugins/gatelist.h"
#include "plugins/installpanel.h"
#include "plugins/plugincards.h"
#include "plugins/pluginspage.h"
#include "ui/messagestrip.h"

#include <QDropEvent>
#include <QJsonArray>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace admin;
using Answer = FakeServer::Answer;

namespace {

const QString listPath = u"/admin/v1/plugins"_s;

QJsonObject plugin(const QString &id, const QString &state, const QJsonObject &more = {})
{
    QJsonObject object{{u"id"_s, id},
                       {u"title"_s, id + u" title"_s},
                       {u"version"_s, u"1.2.3"_s},
                       {u"state"_s, state},
                       {u"since"_s, u"2026-11-23T17:48:01.000042Z"_s},
                       {u"sha256"_s, QString(64, u'a')},
                       {u"file"_s, u"/srv/plugins/"_s + id + u".so"_s},
                       {u"routes"_s,
                        QJsonArray{QJsonObject{{u"method"_s, u"GET"_s},
                                               {u"path"_s, u'/' + id},
                                               {u"scope"_s, u"records:read"_s},
                                               {u"summary"_s, u"What it answers"_s}}}},
                       {u"tasks"_s, QJsonArray{id + u".work"_s}}};
    for (auto member = more.begin(); member != more.end(); ++member)
        object.insert(member.key(), member.value());
    return object;
}

struct Ground
{
    explicit Ground(bool isReadOnly = false)
        : session(connectionTo(server.url(), isReadOnly), u"token"_s)
    {
        server.on("GET", listPath, [this](const auto &) {
            return Answer::json(
                {{u"results"_s, plugins},
                 {u"upload"_s, QJsonObject{{u"allowed"_s, uploadRefusal.isEmpty()}, {u"reason"_s, uploadRefusal}}}});
        });
        for (const char *verb : {"enable", "disable", "reload", "rollback"})
            server.on("POST", listPath + u"/{id}/"_s + QLatin1StringView(verb), Answer::json({}));
        server.on("DELETE", listPath + u"/{id}"_s, Answer::json({}));
        server.on("POST", listPath, Answer{.body = upload, .contentType = "application/x-ndjson"});
    }
    void show()
    {
        admin::show(page, session);
        cards = page.findChild<PluginCards *>();
        panel = page.findChild<InstallPanel *>();
    }
    void answerUpload(const QByteArray &lines)
    {
        server.on("POST", listPath, Answer{.body = lines, .contentType = "application/x-ndjson"});
    }
    QString file(const QString &name)
    {
        QFile file(folder.filePath(name));
        if (!file.open(QFile::WriteOnly)
            || file.write("\x7f"
                          "ELF and more")
                <= 0)
            qFatal("no file");
        return file.fileName();
    }

    QTemporaryDir folder;
    FakeServer server;
    QJsonArray plugins{plugin(u"counter"_s, u"live"_s)};
    QString uploadRefusal;
    QByteArray upload;
    Session session;
    PluginsPage page;
    PluginCards *cards = nullptr;
    InstallPanel *panel = nullptr;
};

const QByteArray goodGates = "{\"gate\":\"take\",\"status\":\"passed\"}\n{\"gate\":\"lint\",\"status\":\"passed\"}\n"
                             "{\"gate\":\"trust\",\"status\":\"skipped\"}\n{\"gate\":\"live\",\"status\":\"passed\"}\n"
                             "{\"outcome\":\"live\",\"id\":\"fresh\",\"version\":\"0.1.0\"}\n";

} // namespace

class PluginsPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::dress(false); }

    void whatIsOutOfServiceIsCountedAndSaysWhy()
    {
        Ground ground;
        ground.plugins.append(plugin(u"orders"_s, u"quarantined"_s,
                                     {{u"phase"_s, u"crash"_s}, {u"reason"_s, u"three crashes within a minute"_s}}));
        ground.show();
        QTRY_COMPARE(ground.cards->model()->rowCount(), 2);
        QCOMPARE(ground.page.badge(), 1);
        ground.page.open({{u"id"_s, u"orders"_s}});
        QCOMPARE(ground.cards->chosen()[u"id"_s].toString(), u"orders"_s);
        bool isTold = false;
        for (const auto *strip : ground.page.findChildren<MessageStrip *>())
            isTold |= strip->isVisible() && strip->text().contains(u"three crashes within a minute"_s);
        QVERIFY(isTold);
        QCOMPARE(namelessControls(ground.page), QStringList());
        takePictures(ground.page, u"plugins"_s);
    }

    void newsKeepWhatIsChosen()
    {
        Ground ground;
        ground.plugins.append(plugin(u"orders"_s, u"live"_s));
        ground.show();
        QTRY_COMPARE(ground.cards->model()->rowCount(), 2);
        ground.cards->choose(u"orders"_s);
        ground.plugins.prepend(plugin(u"a-new-one"_s, u"live"_s));
        Q_EMIT ground.session.changed(u"plugins"_s, {});
        QTRY_COMPARE(ground.cards->model()->rowCount(), 3);
        QCOMPARE(ground.cards->chosen()[u"id"_s].toString(), u"orders"_s);
    }

    void disablingAsksFirst()
    {
        Ground ground;
        ground.show();
        QTRY_COMPARE(ground.cards->model()->rowCount(), 1);
        Command *disable = commandOf(ground.page, u"plugins.disable"_s);
        QTRY_VERIFY(disable->isEnabled());
        disable->trigger();
        QCOMPARE(ground.server.count("POST", listPath + u"/{id}/disable"_s), 0);
        QDialog *question = questionOver(ground.page);
        QVERIFY(question);
        QSignalSpy told(&ground.page, &Page::notice);
        answerOf(question)->click();
        QTRY_COMPARE(told.count(), 1);
        QCOMPARE(ground.server.last("POST", listPath + u"/{id}/disable"_s).path, listPath + u"/counter/disable"_s);
    }

    void whatMakesNoSenseIsNotOfferedAndSaysWhy()
    {
        Ground ground;
        ground.show();
        QTRY_COMPARE(ground.cards->model()->rowCount(), 1);
        QTRY_VERIFY(!commandOf(ground.page, u"plugins.rollback"_s)->whyNot().isEmpty()); // there is no version before
        QVERIFY(!commandOf(ground.page, u"plugins.enable"_s)->whyNot().isEmpty());       // it is live
        QVERIFY(commandOf(ground.page, u"plugins.reload"_s)->whyNot().isEmpty());
    }

    void aRefusedChangeSaysWhatTheServerSaid()
    {
        Ground ground;
        ground.server.on("POST", listPath + u"/{id}/reload"_s,
                         Answer::problem(409, u"Conflict"_s, u"It is on its way already."_s));
        ground.show();
        QTRY_COMPARE(ground.cards->model()->rowCount(), 1);
        QTRY_VERIFY(commandOf(ground.page, u"plugins.reload"_s)->isEnabled());
        commandOf(ground.page, u"plugins.reload"_s)->trigger();
        const auto isTold = [&ground] {
            for (const auto *strip : ground.page.findChildren<MessageStrip *>()) {
                if (strip->isVisible() && strip->text().contains(u"It is on its way already."_s))
                    return true;
            }
            return false;
        };
        QTRY_VERIFY(isTold());
    }

    void aDroppedFileGoesThroughItsGates()
    {
        Ground ground;
        ground.answerUpload(goodGates);
        ground.show();
        QTRY_VERIFY(commandOf(ground.page, u"plugins.install"_s)->isEnabled());
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(ground.file(u"fresh.so"_s))});
        QDropEvent drop(QPointF(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        ground.plugins.append(plugin(u"fresh"_s, u"live"_s));
        static_cast<QObject &>(ground.page).event(&drop); // QApplication only delivers what was dragged in
        QTRY_COMPARE(ground.cards->chosen()[u"id"_s].toString(), u"fresh"_s);
        QCOMPARE(ground.panel->headline(), u"fresh 0.1.0 is live"_s);
        QCOMPARE(ground.panel->gates().statusOf(u"lint"_s), u"passed"_s);
        QCOMPARE(ground.panel->gates().statusOf(u"trust"_s), u"skipped"_s);
        const auto asked = ground.server.last("POST", listPath);
        QCOMPARE(asked.value(u"name"_s), u"fresh.so"_s);
        QCOMPARE(asked.body,
                 QByteArray("\x7f"
                            "ELF and more"));
        takePictures(ground.page, u"plugins-installed"_s);
    }

    void theGateThatRefusesSaysWhyAndWhatToDo()
    {
        Ground ground;
        ground.answerUpload(
            "{\"gate\":\"take\",\"status\":\"passed\"}\n{\"gate\":\"lint\",\"status\":\"failed\",\"detail\":\"It "
            "was built for another machine.\",\"remedy\":\"Build it for x86-64.\"}\n"
            "{\"outcome\":\"refused\",\"id\":\"fresh\",\"version\":\"\"}\n");
        ground.show();
        QTRY_VERIFY(commandOf(ground.page, u"plugins.install"_s)->isEnabled());
        ground.page.open({{u"install"_s, QJsonArray{ground.file(u"fresh.so"_s)}}});
        QTRY_COMPARE(ground.panel->headline(), u"fresh was refused"_s);
        QCOMPARE(ground.panel->gates().statusOf(u"lint"_s), u"failed"_s);
        QCOMPARE(ground.panel->gates().statusOf(u"probe"_s), u"skipped"_s); // it never came so far
        takePictures(ground.page, u"plugins-refused"_s);
    }

    void severalFilesComeOneAfterTheOther()
    {
        Ground ground;
        ground.answerUpload(goodGates);
        ground.show();
        QTRY_VERIFY(commandOf(ground.page, u"plugins.install"_s)->isEnabled());
        ground.page.open({{u"install"_s, QJsonArray{ground.file(u"one.so"_s), ground.file(u"two.so"_s)}}});
        QTRY_COMPARE(ground.server.count("POST", listPath), 2);
        QCOMPARE(ground.server.last("POST", listPath).value(u"name"_s), u"two.so"_s);
        QTRY_VERIFY(!ground.panel->isBusy());
    }

    void aServerThatIsKilledMeanwhileIsTold()
    {
        Ground ground;
        ground.server.on("POST", listPath, Answer{.drops = true});
        ground.show();
        QTRY_VERIFY(commandOf(ground.page, u"plugins.install"_s)->isEnabled());
        ground.page.open({{u"install"_s, QJsonArray{ground.file(u"fresh.so"_s)}}});
        QTRY_COMPARE(ground.panel->headline(), u"fresh.so was not installed"_s);
    }

    void aFileThatCannotBeReadIsTold()
    {
        Ground ground;
        ground.show();
        QTRY_VERIFY(commandOf(ground.page, u"plugins.install"_s)->isEnabled());
        ground.page.open({{u"install"_s, QJsonArray{u"/there/is/no/such.so"_s}}});
        QTRY_COMPARE(ground.panel->headline(), u"such.so was not installed"_s);
        QCOMPARE(ground.server.count("POST", listPath), 0);
    }

    void nothingIsSentWhereTheServerTakesNothing()
    {
        Ground ground;
        ground.uploadRefusal = u"plugins.upload is off"_s;
        ground.show();
        QTRY_COMPARE(commandOf(ground.page, u"plugins.install"_s)->whyNot(), u"plugins.upload is off"_s);
        ground.page.open({{u"install"_s, QJsonArray{ground.file(u"fresh.so"_s)}}});
        QVERIFY(!ground.panel->isVisible());
        QCOMPARE(ground.server.count("POST", listPath), 0);
    }

    void aReadOnlyConnectionChangesNothing()
    {
        Ground ground(true);
        ground.show();
        QTRY_COMPARE(ground.cards->model()->rowCount(), 1);
        for (Command *command : ground.page.commands())
            QVERIFY2(!command->isEnabled(), qPrintable(command->id()));
    }
};

QTEST_MAIN(PluginsPageTest)
#include "tst_pluginspage.moc"
