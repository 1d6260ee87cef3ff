// SPDX-License-Identifier: GPL-3.0-only
#include "client/connections.h"
#include "commandline.h"
#include "fakeserver.h"
#include "pages.h"
#include "screenshots.h"
#include "ui/banner.h"
#include "ui/connectdialog.h"
#include "ui/connector.h"
#include "ui/language.h"
#include "ui/mainwindow.h"
#include "ui/page.h"
#include "ui/palette.h"
#include "ui/sidebar.h"
#include "ui/theme.h"

#include <QAbstractScrollArea>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QTranslator>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace admin;
using Answer = admin::FakeServer::Answer;

namespace {

/// A page with one command, that fetches what it shows.
class TestPage : public Page
{
public:
    TestPage(const QString &name, QWidget *parent)
        : Page(parent)
        , m_name(name)
        , m_do(new Command(name + u".do"_s, u"Do the thing of "_s + name, u"play"_s, Command::Effect::Changes, this))
    {
        setAccessibleName(name);
        connect(m_do, &QAction::triggered, this, [this] { ++done; });
    }
    QString id() const override { return m_name; }
    QString title() const override { return m_name.toUpper(); }
    QString iconName() const override { return u"records"_s; }
    bool isOffered(const Endpoints &endpoints) const override { return endpoints.has(u"GET"_s, u"/"_s + m_name); }
    void setSession(Session *session) override
    {
        shown = session;
        if (session) {
            connect(session, &Session::changed, this, [this, session](const QString &what) {
                if (what == u"records"_s)
                    session->api().get(u"/"_s + m_name, {}, this);
            });
        }
    }
    QList<Command *> commands() const override { return {m_do}; }

    QPointer<Session> shown;
    int done = 0;

private:
    QString m_name;
    Command *m_do;
};

QList<Page *> twoPages(QWidget *parent) { return {new TestPage(u"alpha"_s, parent), new TestPage(u"beta"_s, parent)}; }

Connection to(const FakeServer &server) { return {.id = u"x"_s, .name = u"Test"_s, .url = server.url()}; }

/// The longest time the event loop did not come round, in milliseconds, as long as this lives.
class Gaps
{
public:
    Gaps()
    {
        m_clock.start();
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer,
                         [this] { longest = std::max(longest, m_clock.restart()); });
        m_timer.start(5);
    }
    qint64 longest = 0;

private:
    QElapsedTimer m_clock;
    QTimer m_timer;
};

/// Puts every text that is for people between brackets: what has none was not offered to translators.
class Brackets : public QTranslator
{
public:
    bool isEmpty() const override { return false; }
    QString translate(const char *, const char *text, const char *, int) const override
    {
        return u'[' + QString::fromUtf8(text) + u']';
    }
};

/// All that a widget says.
QStringList wordsOf(const QWidget *widget)
{
    QStringList words{widget->toolTip(), widget->accessibleName(), widget->windowTitle()};
    if (const auto *label = qobject_cast<const QLabel *>(widget))
        words << label->text();
    if (const auto *button = qobject_cast<const QAbstractButton *>(widget))
        words << button->text();
    if (const auto *edit = qobject_cast<const QLineEdit *>(widget))
        words << edit->placeholderText();
    if (const auto *box = qobject_cast<const QComboBox *>(widget)) {
        for (int i = 0; i < box->count(); ++i)
            words << box->itemText(i);
    }
    if (const auto *tabs = qobject_cast<const QTabBar *>(widget)) {
        for (int i = 0; i < tabs->count(); ++i)
            words << tabs->tabText(i);
    }
    if (const auto *header = qobject_cast<const QHeaderView *>(widget); header && header->model()) {
        for (int i = 0; i < header->count(); ++i)
            words << header->model()->headerData(i, header->orientation()).toString();
    }
    return words;
}

QString nameOf(QWidget *widget)
{
    QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
    return interface ? interface->text(QAccessible::Name) : QString();
}

} // namespace

class WindowTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }

    void thePagesThatTheServerOffersAreInTheSideBar()
    {
        FakeServer server;
        server.on("GET", u"/beta"_s, Answer::json({}));
        MainWindow window(twoPages, nullptr, TokenStore::Place::File);
        window.connectTo(to(server), u"t"_s);
        window.show();
        QTRY_COMPARE(window.offeredPages().size(), 1);
        QCOMPARE(window.currentPage()->id(), u"beta"_s);
        auto *sideBar = window.findChild<SideBar *>();
        QCOMPARE(sideBar->count(), 1);
        QCOMPARE(sideBar->currentPage(), window.currentPage());
    }

    void keysGoToPagesAndThePaletteFindsCommands()
    {
        FakeServer server;
        server.on("GET", u"/alpha"_s, Answer::json({}));
        server.on("GET", u"/beta"_s, Answer::json({}));
        MainWindow window(twoPages, nullptr, TokenStore::Place::File);
        window.connectTo(to(server), u"t"_s);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTRY_COMPARE(window.offeredPages().size(), 2);
        QTest::keyClick(&window, Qt::Key_2, Qt::AltModifier);
        QCOMPARE(window.currentPage()->id(), u"beta"_s);

        QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
        QPointer<CommandPalette> palette = window.findChild<CommandPalette *>();
        QVERIFY(palette);
        auto *input = palette->findChild<QLineEdit *>();
        QTest::keyClicks(input, u"thing alp"_s);
        QCOMPARE(palette->findChild<QListWidget *>()->currentItem()->text(), u"Do the thing of alpha"_s);
        QTest::keyClick(input, Qt::Key_Return);
        QCOMPARE(static_cast<TestPage *>(window.pages()[0])->done, 1);
        QCOMPARE(window.currentPage()->id(), u"alpha"_s);
        QTRY_VERIFY(!palette);
    }

    void readOnlyDisablesWhatChanges()
    {
        FakeServer server;
        server.on("GET", u"/alpha"_s, Answer::json({}));
        MainWindow window(twoPages, nullptr, TokenStore::Place::File);
        Connection connection = to(server);
        connection.isReadOnly = true;
        window.connectTo(connection, u"t"_s);
        Command *command = window.pages().first()->commands().first();
        QVERIFY(!command->isEnabled());
        QVERIFY(command->toolTip().contains(u"read-only"_s));
        window.setReadOnly(false);
        QVERIFY(command->isEnabled());
    }

    void theBannerSaysWhatIsWrongAndWhatToDo()
    {
        FakeServer server;
        server.on("GET", u"/alpha"_s, Answer::json({}));
        MainWindow window(twoPages, nullptr, TokenStore::Place::File);
        window.connectTo(to(server), u"t"_s);
        window.show();
        QTRY_COMPARE(window.offeredPages().size(), 1);
        QVERIFY(window.banner().text().isEmpty());
        server.stop();
        window.session()->refresh();
        QTRY_VERIFY(window.banner().text().contains(u"cannot be reached"_s)
                    || window.banner().text().contains(u"broke"_s));
        QVERIFY(window.currentPage()); // what was shown stays
        server.start();
        QTRY_VERIFY(window.banner().text().isEmpty());
        server.setToken("another");
        window.session()->refresh();
        QTRY_VERIFY(window.banner().text().contains(u"token create"_s));
    }

    void aSlowServerNeverStopsTheWindow()
    {
        FakeServer server;
        server.on("GET", u"/alpha"_s, Answer::json({}));
        MainWindow window(twoPages, nullptr, TokenStore::Place::File);
        window.show();
        server.setDelay(2s);
        const Gaps gaps;
        window.connectTo(to(server), u"t"_s);
        QTRY_VERIFY(window.banner().text().contains(u"Waiting"_s));
        QTRY_COMPARE(window.offeredPages().size(), 1);
        server.on("GET", u"/alpha"_s, Answer{.silent = true});
        window.session()->refresh();
        QTRY_VERIFY(window.banner().text().contains(u"Waiting"_s));
        // Below the two seconds that one answer takes: it did not wait for any.
        QVERIFY2(gaps.longest < 1500, qPrintable(QString::number(gaps.longest)));
    }

    void aConnectionIsTriedBeforeItIsTaken()
    {
        FakeServer server;
        server.setToken("right");
        ConnectDialog dialog({.id = {}, .name = {}, .url = server.url()}, u"wrong"_s, nullptr);
        dialog.show();
        QSignalSpy accepted(&dialog, &QDialog::accepted);
        dialog.accept();
        auto *words = dialog.findChild<QLabel *>(u"connectWords"_s);
        QTRY_VERIFY(words->text().contains(u"token"_s));
        QCOMPARE(accepted.count(), 0);
        for (auto *edit : dialog.findChildren<QLineEdit *>()) {
            if (edit->echoMode() == QLineEdit::Password)
                edit->setText(u"right"_s);
        }
        dialog.accept();
        QTRY_COMPARE(accepted.count(), 1);
        QCOMPARE(dialog.connection().name, server.url().authority());
    }

    void everyControlOfEveryPageHasANameForScreenReaders()
    {
        FakeServer server;
        MainWindow window(makePages, nullptr, TokenStore::Place::File);
        window.connectTo(to(server), u"t"_s);
        window.show();
        const auto pages = window.pages();
        QVERIFY(pages.size() >= 1);
        QStringList nameless;
        for (Page *page : pages)
            window.showPage(page);
        for (QWidget *widget : window.findChildren<QWidget *>()) {
            // A text is its own name, and the inside of a scrolling area belongs to that.
            const auto *label = qobject_cast<QLabel *>(widget);
            const auto *area = qobject_cast<QAbstractScrollArea *>(widget->parentWidget());
            const bool isPopup = widget->inherits("QComboBoxListView"); // its box has the name
            if ((label && label->text().isEmpty()) || (area && area->viewport() == widget) || isPopup)
                continue;
            const bool isControl = widget->focusPolicy() != Qt::NoFocus && !widget->objectName().startsWith(u"qt_"_s);
            if (isControl && nameOf(widget).isEmpty())
                nameless << QString::fromLatin1(widget->metaObject()->className()) + u' ' + widget->objectName()
                        + u" in "_s + QString::fromLatin1(widget->parentWidget()->metaObject()->className());
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    }

    void everyWordCanBeTranslated()
    {
        Brackets brackets;
        QCoreApplication::installTranslator(&brackets);
        FakeServer server;
        MainWindow window(makePages, nullptr, TokenStore::Place::File);
        window.connectTo(to(server), u"t"_s);
        window.show();
        QStringList words;
        for (Page *page : window.pages()) {
            window.showPage(page);
            for (const Command *command : page->commands())
                words << command->text() << command->toolTip() << command->keywords();
        }
        for (const QWidget *widget : window.findChildren<QWidget *>())
            words << wordsOf(widget);
        QCoreApplication::removeTranslator(&brackets);
        words.removeIf([](const QString &text) {
            static const QRegularExpression letters(u"\\pL{2}"_s);
            const bool isOfThisTest = text.contains(u"127.0.0.1"_s) || text.contains(u"Test"_s);
            return isOfThisTest || text.contains(u'[') || !text.contains(letters);
        });
        QCOMPARE(words, QStringList());
    }

    void englishKnowsOneAndMany()
    {
        useLanguage(QLocale::c(), u"/no/such/folder"_s);
        const auto said = [](int n) { return QCoreApplication::translate("admin", "%Ln task(s)", nullptr, n); };
        QCOMPARE(said(1), u"1 task"_s);
        QCOMPARE(said(0), u"0 tasks"_s);
        QCOMPARE(said(12), u"12 tasks"_s);
        QCOMPARE(QCoreApplication::translate("admin", "%Ln crash(es)", nullptr, 2), u"2 crashes"_s);
        QCOMPARE(QCoreApplication::translate("admin", "Text (as it is)"), u"Text (as it is)"_s);
    }

    void noTwoCommandsShareAKey()
    {
        FakeServer server;
        Theme theme;
        MainWindow window(makePages, &theme, TokenStore::Place::File);
        window.connectTo(to(server), u"t"_s);
        for (Page *page : window.pages()) {
            window.showPage(page);
            QMap<QString, QString> owners;
            for (const QAction *action : window.actions()) {
                for (const QKeySequence &keys : action->shortcuts()) {
                    QString &owner = owners[keys.toString()];
                    QVERIFY2(owner.isEmpty(),
                             qPrintable(keys.toString() + u": "_s + owner + u", "_s + action->objectName()));
                    owner = action->objectName();
                }
            }
            QVERIFY(owners.size() >= 5);
        }
    }

    void noPageWaitsForASlowServer()
    {
        FakeServer server;
        for (const auto &list : {u"records"_s, u"sips"_s, u"tasks"_s, u"plugins"_s, u"log"_s, u"audit"_s, u"workers"_s})
            server.on("GET", u"/admin/v1/"_s + list, Answer::json({{u"results"_s, QJsonArray()}}));
        server.on("GET", u"/admin/v1/server"_s, Answer::json({{u"version"_s, u"1"_s}}));
        MainWindow window(makePages, nullptr, TokenStore::Place::File);
        window.show();
        window.connectTo(to(server), u"t"_s);
        QTRY_COMPARE(window.offeredPages().size(), 6);
        server.setDelay(2s);
        const Gaps gaps;
        for (Page *page : window.offeredPages()) {
            window.showPage(page);
            window.session()->refresh();
            QTRY_VERIFY(window.banner().text().contains(u"Waiting"_s));
        }
        QTRY_VERIFY(window.banner().text().isEmpty());
        QVERIFY2(gaps.longest < 1500, qPrintable(QString::number(gaps.longest)));
    }

    void allPagesChangeBetweenLightAndDark()
    {
        FakeServer server;
        MainWindow window(makePages, nullptr, TokenStore::Place::File);
        window.connectTo(to(server), u"t"_s);
        window.show();
        for (const bool isDark : {true, false, true, false}) {
            Theme::dress(isDark);
            for (Page *page : window.pages()) {
                window.showPage(page);
                const QColor ground = window.grab().toImage().pixelColor(window.width() - 4, window.height() - 4);
                QVERIFY2((ground.lightness() < 128) == isDark, qPrintable(page->id()));
            }
        }
    }

    void commandsHaveDifferentIdsAndTexts()
    {
        MainWindow window(makePages, nullptr, TokenStore::Place::File);
        QStringList ids;
        for (Page *page : window.pages()) {
            for (const Command *command : page->commands()) {
                QVERIFY2(!ids.contains(command->id()), qPrintable(command->id()));
                QVERIFY2(!command->text().isEmpty(), qPrintable(command->id()));
                ids << command->id();
            }
        }
    }

    void theWindowIsAsItWasLeft()
    {
        FakeServer server;
        server.on("GET", u"/alpha"_s, Answer::json({}));
        server.on("GET", u"/beta"_s, Answer::json({}));
        {
            MainWindow window(twoPages, nullptr, TokenStore::Place::File);
            window.connectTo(to(server), u"t"_s);
            window.show();
            window.resize(1000, 700);
            QTRY_COMPARE(window.offeredPages().size(), 2);
            window.showPage(window.pages()[1]);
            window.close();
        }
        MainWindow window(twoPages, nullptr, TokenStore::Place::File);
        window.restore();
        window.connectTo(to(server), u"t"_s);
        QTRY_COMPARE(window.offeredPages().size(), 2);
        QCOMPARE(window.currentPage()->id(), u"beta"_s);
    }

    void picturesAreTakenOfEachPageLightAndDark()
    {
        FakeServer server;
        server.on("GET", u"/alpha"_s, Answer::json({}));
        server.on("GET", u"/beta"_s, Answer::json({}));
        const QTemporaryDir folder;
        MainWindow window(twoPages, nullptr, TokenStore::Place::File);
        window.connectTo(to(server), u"t"_s);
        Screenshots screenshots(window, folder.path());
        QSignalSpy done(&screenshots, &Screenshots::done);
        screenshots.start();
        QTRY_COMPARE(done.count(), 1);
        QCOMPARE(done.first().first().toStringList(), QStringList());
        for (const auto &name : {u"alpha"_s, u"alpha-dark"_s, u"beta"_s, u"beta-dark"_s})
            QVERIFY(QImage(folder.filePath(name + u".png"_s)).width() > 400);
        const QImage light(folder.filePath(u"alpha.png"_s)), dark(folder.filePath(u"alpha-dark.png"_s));
        QVERIFY(light.pixelColor(600, 400).lightness() > dark.pixelColor(600, 400).lightness() + 100);
    }

    void commandLinesAreUnderstoodOrRefusedWithASentence_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode"); // -1: goes on
        QTest::newRow("nothing") << QStringList{} << -1;
        QTest::newRow("a server") << QStringList{u"--url"_s, u"server:5000"_s, u"--read-only"_s} << -1;
        QTest::newRow("help") << QStringList{u"--help"_s} << 0;
        QTest::newRow("no address") << QStringList{u"--url"_s, u"ftp://x"_s} << 2;
        QTest::newRow("no such file") << QStringList{u"--url"_s, u"x"_s, u"--token-file"_s, u"/no/such"_s} << 2;
        QTest::newRow("unknown") << QStringList{u"--fast"_s} << 2;
        QTest::newRow("superfluous") << QStringList{u"server"_s} << 2;
    }
    void commandLinesAreUnderstoodOrRefusedWithASentence()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        const auto line = CommandLine::parse(QStringList{u"quoin-admin"_s} + arguments);
        QCOMPARE(line.ending ? line.ending->exitCode : -1, exitCode);
        QVERIFY(!line.ending || !line.ending->text.isEmpty());
    }
};

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QApplication::setOrganizationName(u"quoin"_s);
    QApplication::setApplicationName(u"tst_window"_s);
    Theme::dress(false);
    WindowTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_window.moc"
