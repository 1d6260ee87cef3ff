// SPDX-License-Identifier: GPL-3.0-only
#include "packages/packagecontents.h"
#include "packages/packagespage.h"
#include "pageground.h"
#include "pages.h"
#include "plugins/gatelist.h"
#include "plugins/installpanel.h"
#include "records/recorddetail.h"
#include "records/recordeditor.h"
#include "records/recordmodel.h"
#include "tokenground.h"
#include "ui/banner.h"
#include "ui/mainwindow.h"
#include "ui/pagedmodel.h"
#include "ui/tableview.h"
#include "ui/textblock.h"

#include <QApplication>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSettings>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace admin;
using quoin::test::HttpClient;
using quoin::test::PluginGround;
using quoin::test::TokenGround;

/// The window on a real server, in the order in which somebody new to it would go: each function goes on where the one
/// before has ended.
class AdminWalkTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theOverviewIsLive();
    void aPostedRecordAppears();
    void itsPackageIsLookedIntoAndVerified();
    void aPackageIsSaved();
    void aRecordIsCorrectedAndPutBack();
    void whatSomebodyElseChangedIsNotOverwritten();
    void aFailedTaskIsRetried();
    void aPluginThatIsDroppedOnTheWindowIsLive();
    void aPluginTellsWhatItHas();
    void droppedRecordsAreStored();
    void theServerIsKilledAndComesBack();
    void aRecordIsRemoved();
    void everyControlHasAName();
    void aRevokedTokenIsToldAndAnotherOneIsTaken();

private:
    template <class Model>
    Model *modelOf(const QString &page)
    {
        return pageOf(page)->findChild<Model *>();
    }
    Page *pageOf(const QString &id);
    Page *open(const QString &id, const QJsonObject &what = {});
    void run(const QString &page, const QString &command) { commandOf(*pageOf(page), command)->trigger(); }
    void drop(const QStringList &files);
    QByteArray get(const QByteArray &target) { return m_ground.get(target).body; }
    QByteArray post(const QByteArray &record)
    {
        return HttpClient(m_ground.server().port()).post("/record", record).body;
    }
    RecordEditor *editor() { return pageOf(u"records"_s)->findChild<RecordEditor *>(); }
    void connectWindow();

    TokenGround m_ground;
    QTemporaryDir m_files;
    std::unique_ptr<MainWindow> m_window;
};

void AdminWalkTest::initTestCase()
{
    QSettings().clear();
    Theme::dress(false);
    m_ground.dropShipped();
    m_ground.server().set(u"plugins.upload"_s, u"true"_s);
    QVERIFY2(m_ground.server().start(), m_ground.server().report());
    QTRY_COMPARE(m_ground.get("/readyz").status, 200);
    connectWindow();
    QTRY_COMPARE(m_window->offeredPages().size(), 6);
}

void AdminWalkTest::connectWindow()
{
    m_window = std::make_unique<MainWindow>(makePages, nullptr, TokenStore::Place::File);
    const QUrl url(u"http://127.0.0.1:%1"_s.arg(m_ground.server().port()));
    m_window->connectTo({.id = u"walk"_s, .name = u"Walk"_s, .url = url}, QString::fromLatin1(m_ground.adminToken()));
    m_window->show();
}

Page *AdminWalkTest::pageOf(const QString &id)
{
    for (Page *page : m_window->pages()) {
        if (page->id() == id)
            return page;
    }
    return nullptr;
}

Page *AdminWalkTest::open(const QString &id, const QJsonObject &what)
{
    Page *page = pageOf(id);
    m_window->showPage(page);
    if (!what.isEmpty())
        page->open(what);
    return page;
}

void AdminWalkTest::drop(const QStringList &files)
{
    QMimeData data;
    QList<QUrl> urls;
    for (const QString &file : files)
        urls += QUrl::fromLocalFile(file);
    data.setUrls(urls);
    QDropEvent event({400, 300}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    static_cast<QObject &>(*m_window).event(&event);
    QVERIFY(event.isAccepted());
}

void AdminWalkTest::theOverviewIsLive()
{
    const Page *page = open(u"overview"_s);
    QTRY_VERIFY(page->isReady());
    const auto figure = [page](const QString &chart) {
        for (const auto *widget : page->findChildren<QWidget *>()) {
            if (widget->accessibleName() == chart)
                return widget->accessibleDescription();
        }
        return QString();
    };
    QTRY_VERIFY(figure(u"Chart: Requests/s"_s).contains(u"no errors"_s));
    const auto isTold = [&] {
        for (int i = 0; i < 20; ++i)
            get("/");
        return figure(u"Chart: Time to answer"_s).contains(u"p99"_s); // of these very seconds
    };
    QTRY_VERIFY(isTold());
    QVERIFY(!figure(u"Chart: Requests/s"_s).startsWith(u"0.0"_s));
}

void AdminWalkTest::aPostedRecordAppears()
{
    open(u"records"_s);
    auto *model = modelOf<RecordModel>(u"records"_s);
    QTRY_VERIFY(model->isLoaded());
    QCOMPARE(model->rowCount(), 0);
    QCOMPARE(post("{\"title\":\"al-Jabr\",\"year\":820}"), "{\"id\":1,\"data\":{\"title\":\"al-Jabr\",\"year\":820}}");
    QTRY_COMPARE(model->rowCount(), 1);
    auto *detail = pageOf(u"records"_s)->findChild<RecordDetail *>();
    QTRY_VERIFY(detail->isLoaded());
    QCOMPARE(detail->json(), "{\"title\":\"al-Jabr\",\"year\":820}");
}

void AdminWalkTest::itsPackageIsLookedIntoAndVerified()
{
    Page *page = open(u"packages"_s);
    auto *model = modelOf<PagedModel>(u"packages"_s);
    QTRY_COMPARE(model->rowCount(), 1);
    page->open({{u"id"_s, model->idOf(0)}});
    QTRY_VERIFY(commandOf(*page, u"packages.look"_s)->isEnabled());
    run(u"packages"_s, u"packages.look"_s);
    auto *contents = page->findChild<PackageContents *>();
    QTRY_VERIFY(contents->isVisible() && contents->isAnswered());
    const QAbstractItemModel *entries = contents->table()->model();
    QCOMPARE(entries->rowCount(), 7);
    const auto found = entries->match(entries->index(0, 0), Qt::DisplayRole, u"data/record.json"_s, 1,
                                      Qt::MatchEndsWith);
    QCOMPARE(found.size(), 1);
    contents->table()->selectRow(found.first().row());
    QTRY_COMPARE(contents->findChild<TextBlock *>()->text(), u"{\"title\":\"al-Jabr\",\"year\":820}"_s);

    const QString before = model->row(0)[u"verified"_s].toString();
    run(u"packages"_s, u"packages.verify"_s);
    QTRY_VERIFY(model->row(0)[u"verified"_s].toString() > before);
}

void AdminWalkTest::aPackageIsSaved()
{
    auto *page = static_cast<PackagesPage *>(open(u"packages"_s));
    const QJsonObject package = modelOf<PagedModel>(u"packages"_s)->row(0);
    const QString path = m_files.filePath(u"saved.zip"_s);
    page->saveTo(package, path);
    QTRY_COMPARE(QFileInfo(path).size(), package[u"size"_s].toInteger());
}

void AdminWalkTest::aRecordIsCorrectedAndPutBack()
{
    open(u"records"_s, {{u"id"_s, 1}});
    QTRY_VERIFY(commandOf(*pageOf(u"records"_s), u"records.edit"_s)->isEnabled());
    run(u"records"_s, u"records.edit"_s);
    QVERIFY(editor());
    auto *text = editor()->findChild<QPlainTextEdit *>();
    text->setPlainText(u"{\"title\": "_s);
    QTRY_VERIFY(!editor()->faultText().isEmpty()); // it is checked as it is typed
    text->setPlainText(u"{\"title\":\"Kitab al-Jabr\",\"exact\":1.50}"_s);
    QTRY_VERIFY(editor()->faultText().isEmpty());
    editor()->store();
    QTRY_COMPARE(get("/record/1"), "{\"id\":1,\"data\":{\"title\":\"Kitab al-Jabr\",\"exact\":1.50}}");
    auto *detail = pageOf(u"records"_s)->findChild<RecordDetail *>();
    QTRY_COMPARE(detail->json(), "{\"title\":\"Kitab al-Jabr\",\"exact\":1.50}");

    QTRY_VERIFY(commandOf(*pageOf(u"records"_s), u"records.undo"_s)->isEnabled());
    run(u"records"_s, u"records.undo"_s);
    QTRY_COMPARE(get("/record/1"), "{\"id\":1,\"data\":{\"title\":\"al-Jabr\",\"year\":820}}");
    QTRY_COMPARE(detail->json(), "{\"title\":\"al-Jabr\",\"year\":820}");
    QVERIFY(!commandOf(*pageOf(u"records"_s), u"records.undo"_s)->isEnabled());
}

void AdminWalkTest::whatSomebodyElseChangedIsNotOverwritten()
{
    QTRY_VERIFY(!editor());
    run(u"records"_s, u"records.edit"_s);
    editor()->findChild<QPlainTextEdit *>()->setPlainText(u"\"mine\""_s);
    const QByteArray theirs = "Authorization: Bearer " + m_window->session()->api().token().toLatin1() + "\r\n";
    HttpClient http(m_ground.server().port());
    QCOMPARE(http.request("PUT", "/admin/v1/records/1", "\"theirs\"", theirs).status, 200);
    editor()->store();
    const auto says = [this](const QString &part) {
        for (const QLabel *label : editor()->findChildren<QLabel *>()) {
            if (label->text().contains(part))
                return true;
        }
        return false;
    };
    QTRY_VERIFY(says(u"Somebody changed"_s));
    QCOMPARE(editor()->text(), u"\"mine\""_s); // nothing that was written is lost
    QCOMPARE(get("/record/1"), "{\"id\":1,\"data\":\"theirs\"}");
    editor()->done(QDialog::Rejected);
}

void AdminWalkTest::aFailedTaskIsRetried()
{
    Page *page = open(u"tasks"_s);
    auto *model = modelOf<PagedModel>(u"tasks"_s);
    QTRY_VERIFY(model->rowCount() > 0);
    const QString sips = m_ground.server().dataDirectory() + u"/sips"_s;
    QVERIFY(QDir().rename(sips, sips + u"-away"_s)); // a file in the place of the folder
    QFile file(sips);
    QVERIFY(file.open(QFile::WriteOnly));
    post("{\"title\":\"late\"}");
    const auto late = [model] { return model->rowCount() > 0 ? model->row(0) : QJsonObject(); };
    QTRY_COMPARE(late()[u"record"_s].toInt(), 2);
    QTRY_VERIFY(!late()[u"error"_s].toString().isEmpty());
    const qint64 id = model->idOf(0);
    page->open({{u"id"_s, id}});
    QTRY_VERIFY(commandOf(*page, u"tasks.cancel"_s)->isEnabled());
    run(u"tasks"_s, u"tasks.cancel"_s);
    if (QDialog *question = questionOver(*m_window))
        answerOf(question)->click();
    QTRY_COMPARE(model->row(model->rowOf(id))[u"state"_s].toString(), u"cancelled"_s);

    QVERIFY(QFile::remove(sips) && QDir().rename(sips + u"-away"_s, sips));
    QTRY_VERIFY(commandOf(*page, u"tasks.retry"_s)->isEnabled());
    run(u"tasks"_s, u"tasks.retry"_s);
    if (QDialog *question = questionOver(*m_window))
        answerOf(question)->click();
    QTRY_COMPARE(model->row(model->rowOf(id))[u"state"_s].toString(), u"done"_s);
}

void AdminWalkTest::aPluginThatIsDroppedOnTheWindowIsLive()
{
    open(u"records"_s);
    QCOMPARE(m_ground.get("/changing").status, 404);
    const QString path = m_files.filePath(u"changing.so"_s);
    QFile file(path);
    QVERIFY(file.open(QFile::WriteOnly));
    file.write(PluginGround::built({}, u"1.0.0"_s));
    file.close();
    drop({path});
    QCOMPARE(m_window->currentPage()->id(), u"plugins"_s);
    QTRY_COMPARE(m_ground.get("/changing").status, 200);
    const auto *panel = pageOf(u"plugins"_s)->findChild<InstallPanel *>();
    QTRY_COMPARE(panel->headline(), u"changing 1.0.0 is live"_s);
    for (const auto &gate : {u"take"_s, u"lint"_s, u"metadata"_s, u"probe"_s, u"plan"_s, u"live"_s})
        QCOMPARE(panel->gates().statusOf(gate), u"passed"_s);
    QCOMPARE(panel->gates().statusOf(u"trust"_s), u"skipped"_s);
}

void AdminWalkTest::aPluginTellsWhatItHas()
{
    const Page *page = open(u"plugins"_s, {{u"id"_s, u"sip"_s}});
    const auto tells = [page](const QString &part) {
        const auto labels = page->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const QLabel *label) { return label->isVisible() && label->text().contains(part); });
    };
    QTRY_VERIFY(tells(u"record.created starts sip.make_sip"_s));
    QTRY_VERIFY(tells(u"GET /sip/{id}"_s));
    QTRY_VERIFY(tells(u"Built with SDK"_s));
}

void AdminWalkTest::droppedRecordsAreStored()
{
    const QString path = m_files.filePath(u"some.ndjson"_s);
    QFile file(path);
    QVERIFY(file.open(QFile::WriteOnly));
    file.write("{\"n\":1}\n{\"n\":\n{\"n\":3}\n"); // the second is none
    file.close();
    open(u"tasks"_s);
    drop({path});
    QCOMPARE(m_window->currentPage()->id(), u"records"_s);
    QTRY_COMPARE(get("/record/4"), "{\"id\":4,\"data\":{\"n\":3}}");
    QCOMPARE(m_ground.get("/record/5").status, 404);
}

void AdminWalkTest::theServerIsKilledAndComesBack()
{
    open(u"records"_s);
    auto *model = modelOf<RecordModel>(u"records"_s);
    QTRY_COMPARE(model->newRecords(), 3); // they wait above, so that nothing moves under the eye
    run(u"records"_s, u"records.show-new"_s);
    QTRY_COMPARE(model->rowCount(), 4);
    const quint16 port = m_ground.server().port();
    m_ground.server().kill();
    QTRY_VERIFY(!m_window->banner().text().isEmpty());
    QCOMPARE(model->rowCount(), 4); // what was shown stays
    m_ground.server().set(u"http.listen"_s, u"127.0.0.1:%1"_s.arg(port));
    QVERIFY2(m_ground.server().start(), m_ground.server().report());
    QTRY_VERIFY(m_window->banner().text().isEmpty());
    post("5");
    QTRY_VERIFY(model->rowCount() == 5 || model->newRecords() == 1);
}

void AdminWalkTest::aRecordIsRemoved()
{
    open(u"records"_s, {{u"id"_s, 2}});
    auto *detail = pageOf(u"records"_s)->findChild<RecordDetail *>();
    QTRY_VERIFY(detail->recordId() == 2 && detail->isLoaded());
    run(u"records"_s, u"records.delete"_s);
    QDialog *question = questionOver(*m_window);
    QVERIFY(question);
    answerOf(question)->click();
    QTRY_COMPARE(m_ground.get("/record/2").status, 404);
    QTRY_COMPARE(modelOf<RecordModel>(u"records"_s)->rowOfId(2), -1);
}

// With all that the walk has brought into the window, and what opens over it.
void AdminWalkTest::everyControlHasAName()
{
    QStringList nameless;
    for (Page *page : m_window->offeredPages()) {
        m_window->showPage(page);
        QTRY_VERIFY(page->isReady());
        nameless += namelessControls(*page);
    }
    open(u"records"_s, {{u"id"_s, 1}});
    QTRY_VERIFY(commandOf(*pageOf(u"records"_s), u"records.edit"_s)->isEnabled());
    for (const auto &command : {u"records.edit"_s, u"records.columns"_s})
        run(u"records"_s, command);
    for (const auto &command : {u"window.curl"_s, u"window.connect"_s, u"window.palette"_s}) {
        for (QAction *action : m_window->actions()) {
            if (action->objectName() == command)
                action->trigger();
        }
    }
    const auto dialogs = m_window->findChildren<QDialog *>();
    QVERIFY(dialogs.size() >= 4);
    nameless += namelessControls(*m_window);
    for (QDialog *dialog : dialogs)
        dialog->done(QDialog::Rejected);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
}

void AdminWalkTest::aRevokedTokenIsToldAndAnotherOneIsTaken()
{
    const QByteArray token = m_ground.made(u"window"_s, {u"admin"_s});
    QVERIFY(!token.isEmpty());
    m_window->session()->setToken(QString::fromLatin1(token));
    QTRY_COMPARE(m_window->session()->reachability().state(), Reachability::State::Online);
    open(u"records"_s);
    auto *model = modelOf<RecordModel>(u"records"_s);
    QTRY_VERIFY(model->isLoaded());
    const int rows = model->rowCount();
    QCOMPARE(m_ground.token({u"revoke"_s, u"window"_s}), 0);
    QTRY_VERIFY(m_window->banner().text().contains(u"does not accept the token"_s));
    QVERIFY(m_window->banner().text().contains(u"quoin token create"_s)); // what to do
    QCOMPARE(model->rowCount(), rows);
    m_window->session()->setToken(QString::fromLatin1(m_ground.adminToken()));
    QTRY_VERIFY(m_window->banner().text().isEmpty());
    QTRY_VERIFY(m_window->session()->events().isOpen());
}

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QApplication::setOrganizationName(u"quoin"_s);
    QApplication::setApplicationName(u"tst_adminwalk"_s);
    AdminWalkTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_adminwalk.moc"
