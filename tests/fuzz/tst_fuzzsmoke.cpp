// SPDX-License-Identifier: GPL-3.0-only
// The body of fuzz_parser over its corpus and some thousand mutations of it, with any compiler and the same ones each
// time.
#include "parserharness.h"

#include <QDir>
#include <QTest>

#include <random>

using namespace Qt::StringLiterals;

class FuzzSmoke : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const QDir folder(QString::fromUtf8(QUOIN_CORPUS));
        for (const QString &name : folder.entryList(QDir::Files, QDir::Name)) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            m_corpus.append(file.readAll());
        }
        QVERIFY(m_corpus.size() > 10);
    }

    void theVerdictDoesNotDependOnSegmentation_corpus()
    {
        for (const QByteArray &seed : std::as_const(m_corpus))
            check(seed);
    }

    void theVerdictDoesNotDependOnSegmentation_mutations()
    {
        for (int i = 0; i < 20000; ++i) {
            QByteArray bytes = m_corpus.at(static_cast<qsizetype>(m_random() % static_cast<unsigned>(m_corpus.size())));
            for (unsigned times = 1 + m_random() % 4; times > 0; --times)
                mutate(bytes);
            check(bytes);
            if (QTest::currentTestFailed())
                return;
        }
    }

private:
    void check(const QByteArray &bytes)
    {
        const std::string fault = segmentationFault(bytes, [this] { return static_cast<unsigned>(m_random()); });
        QVERIFY2(fault.empty(), (fault + " for " + bytes.toPercentEncoding("\r\n /:").toStdString()).c_str());
    }

    qsizetype place(const QByteArray &bytes)
    {
        return static_cast<qsizetype>(m_random() % static_cast<unsigned>(bytes.size() + 1));
    }

    void mutate(QByteArray &bytes)
    {
        static const QByteArrayList words{"\r\n",
                                          "\n",
                                          "\r",
                                          "\r\n\r\n",
                                          " ",
                                          "\t",
                                          ":",
                                          "%00",
                                          QByteArray(1, '\0'),
                                          "0\r\n\r\n",
                                          "chunked",
                                          "Content-Length: 3\r\n",
                                          "Transfer-Encoding: chunked\r\n",
                                          "Host: a\r\n",
                                          "HTTP/1.0",
                                          "-1",
                                          "\xff",
                                          "ffff"};
        const qsizetype at = place(bytes);
        switch (m_random() % 5) {
        case 0:
            bytes.insert(at, words.at(static_cast<qsizetype>(m_random() % static_cast<unsigned>(words.size()))));
            break;
        case 1:
            bytes.remove(at, 1 + static_cast<qsizetype>(m_random() % 4));
            break;
        case 2:
            bytes.insert(at, static_cast<char>(m_random() % 256));
            break;
        case 3:
            bytes.append(m_corpus.at(static_cast<qsizetype>(m_random() % static_cast<unsigned>(m_corpus.size()))));
            break;
        default:
            bytes.insert(at, bytes.mid(place(bytes), static_cast<qsizetype>(m_random() % 30)));
            break;
        }
    }

    QByteArrayList m_corpus;
    std::mt19937 m_random{20250101};
};

QTEST_APPLESS_MAIN(FuzzSmoke)
#include "tst_fuzzsmoke.moc"
