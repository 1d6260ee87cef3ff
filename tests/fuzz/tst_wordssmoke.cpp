// SPDX-License-Identifier: GPL-3.0-only
// The body of fuzz_words over its corpus and some thousand mutations of it, with any compiler and the same ones each
// time.
#include "wordsharness.h"

#include <QDir>
#include <QTest>

#include <random>

class WordsSmoke : public QObject
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

    void nothingInAQueueCrashesOrSpoils_corpus()
    {
        for (const QByteArray &seed : std::as_const(m_corpus))
            check(seed);
    }

    void nothingInAQueueCrashesOrSpoils_mutations()
    {
        for (int i = 0; i < 20000; ++i) {
            QByteArray bytes = m_corpus.at(number(m_corpus.size()));
            for (qsizetype times = 1 + number(4); times > 0; --times)
                mutate(bytes);
            check(bytes);
            if (QTest::currentTestFailed())
                return;
        }
    }

private:
    void check(const QByteArray &bytes)
    {
        const std::string fault = wordsFault(bytes);
        QVERIFY2(fault.empty(), (fault + " for " + bytes.toPercentEncoding("\" {}[]:,").toStdString()).c_str());
    }

    qsizetype number(qsizetype behind) { return static_cast<qsizetype>(m_random() % static_cast<quint64>(behind)); }

    void mutate(QByteArray &bytes)
    {
        static const QByteArrayList words{"null",      "true",      "{}",
                                          "[]",        "\"\"",      "1",
                                          "-1e9",      "[",         "]",
                                          "{",         "}",         ",",
                                          ":",         "\"",        "\\u0000",
                                          "\\ud800",   "NaN",       "\"chain\"",
                                          "\"group\"", "\"chord\"", "\"task_id\":",
                                          "\xff",      "\"a\":",    "99999999999999999999"};
        const qsizetype at = number(bytes.size() + 1);
        switch (m_random() % 5) {
        case 0:
            bytes.insert(at, words.at(number(words.size())));
            break;
        case 1:
            bytes.remove(at, 1 + number(6));
            break;
        case 2:
            bytes.insert(at, static_cast<char>(m_random() % 256));
            break;
        case 3: { // a word in the place of another value
            const qsizetype begin = bytes.indexOf(": ", at);
            const qsizetype end = begin < 0 ? -1 : bytes.indexOf(',', begin);
            if (end > begin)
                bytes.replace(begin + 2, end - begin - 2, words.at(number(words.size())));
            break;
        }
        default:
            bytes.insert(at, bytes.mid(number(bytes.size() + 1), number(60)));
            break;
        }
    }

    QByteArrayList m_corpus;
    std::mt19937_64 m_random{20260101};
};

QTEST_APPLESS_MAIN(WordsSmoke)
#include "tst_wordssmoke.moc"
