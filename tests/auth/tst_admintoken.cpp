// SPDX-License-Identifier: GPL-3.0-only
#include "auth/admintoken.h"
#include "auth/clock.h"
#include "authdatabase.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::auth;

class AdminTokenTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void theFirstStartWritesATokenForTheOwnerAlone();
    void laterStartsLeaveItAsItIs();
    void aFileThatIsOfNoUseIsWrittenAnew_data();
    void aFileThatIsOfNoUseIsWrittenAnew();
    void anotherDatabaseMakesAnotherToken();
    void whatIsReplacedEnds();
    void aFileThatOthersCouldReadIsClosed();
    void aLinkIsReplacedAndNotFollowed();
    void manyProcessesAtOnceMakeOne();
    void aFolderThatCannotBeWrittenIsNamed();

private:
    QByteArray text() const;
    TokenStore store() { return TokenStore(m_database->jobs()); }
    Result<> provide() { return provideAdminToken(store(), m_folder->path(), systemMicroseconds()); }
    bool isGood(const QByteArray &text);
    QString path() const { return adminTokenFile(m_folder->path()); }
    void write(const QByteArray &bytes) const;

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<AuthDatabase> m_database;
};

void AdminTokenTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_database = std::make_unique<AuthDatabase>(u"sqlite"_s);
}

QByteArray AdminTokenTest::text() const
{
    QFile file(path());
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void AdminTokenTest::write(const QByteArray &bytes) const
{
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

bool AdminTokenTest::isGood(const QByteArray &text)
{
    const auto token = TokenText::parse(text.trimmed());
    const auto row = token ? store().find(token->hash()).result() : Result<std::optional<TokenRow>>(std::nullopt);
    return row && *row && (*row)->isLive(systemMicroseconds()) && (*row)->scopes == QStringList{u"admin"_s};
}

void AdminTokenTest::theFirstStartWritesATokenForTheOwnerAlone()
{
    const mode_t before = ::umask(0);
    const auto provided = provide();
    ::umask(before);
    QVERIFY2(provided, qPrintable(provided.error().message()));
    struct stat about = {};
    QCOMPARE(::stat(QFile::encodeName(path()).constData(), &about), 0);
    QCOMPARE(about.st_mode & 07777, 0600U);
    QVERIFY(text().endsWith('\n'));
    QCOMPARE(text().count('\n'), 1);
    QVERIFY(isGood(text()));
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden), QStringList{u"admin.token"_s});
}

void AdminTokenTest::laterStartsLeaveItAsItIs()
{
    QVERIFY(provide());
    const QByteArray first = text();
    for (int i = 0; i < 3; ++i)
        QVERIFY(provide());
    QCOMPARE(text(), first);
    QCOMPARE(m_database->integer(u"SELECT count(*) FROM token"_s), 1);
}

void AdminTokenTest::aFileThatIsOfNoUseIsWrittenAnew_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("half") << TokenText::random().text().first(20);
    QTest::newRow("of nobody") << TokenText::random().text() + '\n';
    QTest::newRow("something else") << QByteArray(100'000, 'x');
}

void AdminTokenTest::aFileThatIsOfNoUseIsWrittenAnew()
{
    QFETCH(const QByteArray, content);
    write(content);
    QVERIFY(provide());
    QVERIFY(isGood(text()));
}

void AdminTokenTest::anotherDatabaseMakesAnotherToken()
{
    QVERIFY(provide());
    const QByteArray first = text();
    m_database = std::make_unique<AuthDatabase>(u"sqlite"_s);
    QVERIFY(!isGood(first));
    QVERIFY(provide());
    QVERIFY(text() != first);
    QVERIFY(isGood(text()));
}

void AdminTokenTest::whatIsReplacedEnds()
{
    QVERIFY(provide());
    const QByteArray lost = text();
    QVERIFY(QFile::remove(path()));
    QVERIFY(provide());
    QVERIFY(!isGood(lost)); // whoever took the file has nothing
    const QByteArray second = text();
    QVERIFY(store().revoke(QString::number(2), systemMicroseconds()).result());
    QVERIFY(provide());
    QVERIFY(text() != second);
    QVERIFY(isGood(text()));
}

void AdminTokenTest::aFileThatOthersCouldReadIsClosed()
{
    QVERIFY(provide());
    const QByteArray first = text();
    QCOMPARE(::chmod(QFile::encodeName(path()).constData(), 0644), 0);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"others could read .*admin.token"_s));
    QVERIFY(provide());
    struct stat about = {};
    QCOMPARE(::stat(QFile::encodeName(path()).constData(), &about), 0);
    QCOMPARE(about.st_mode & 07777, 0600U);
    QCOMPARE(text(), first);
}

void AdminTokenTest::aLinkIsReplacedAndNotFollowed()
{
    const QString victim = m_folder->filePath(u"victim"_s);
    QFile file(victim);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("precious");
    file.close();
    QVERIFY(QFile::link(victim, path()));
    QVERIFY(provide());
    QVERIFY(!QFileInfo(path()).isSymLink());
    QVERIFY(isGood(text()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("precious"));
}

/// The lock is of an open folder, so that threads stand for processes.
void AdminTokenTest::manyProcessesAtOnceMakeOne()
{
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            if (provide())
                ++good;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(good.load(), 8);
    QCOMPARE(m_database->integer(u"SELECT count(*) FROM token"_s), 1);
    QVERIFY(isGood(text()));
}

void AdminTokenTest::aFolderThatCannotBeWrittenIsNamed()
{
    const auto provided = provideAdminToken(store(), u"/nowhere/data"_s, systemMicroseconds());
    QVERIFY(!provided);
    QVERIFY2(provided.error().message().contains(u"/nowhere/data/admin.token"_s),
             qPrintable(provided.error().message()));
}

QTEST_GUILESS_MAIN(AdminTokenTest)
#include "tst_admintoken.moc"
