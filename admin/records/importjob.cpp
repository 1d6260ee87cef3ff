// SPDX-License-Identifier: GPL-3.0-only
#include "records/importjob.h"

#include "records/background.h"
#include "ui/times.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

constexpr int mostUnderWay = 4;  // the window's other requests find a connection free (QNetworkAccessManager: six)
constexpr int mostAttempts = 30; // of a server that is busy, a second apart
constexpr qint64 usualLimit = 16 * 1024 * 1024; // if the server does not tell
constexpr qsizetype ahead = 50;

bool isBusy(const Problem &problem) { return problem.status == 429 || problem.status == 503; }

// After these no other record would fare better.
bool isFinal(const Problem &problem)
{
    using Kind = Problem::Kind;
    return problem.kind == Kind::Offline || problem.kind == Kind::Timeout || problem.kind == Kind::Unauthorized
        || problem.kind == Kind::Forbidden || problem.kind == Kind::ReadOnly || problem.kind == Kind::NotFound;
}

} // namespace

ImportJob::ImportJob(Session *session, const QStringList &files, QObject *parent)
    : Job(parent)
    , m_session(session)
    , m_files(files)
{
    const qint64 limit = session->endpoints().bodyLimit();
    m_source = std::make_shared<ImportSource>(files, limit > 0 ? limit : usualLimit);
}

QString ImportJob::title() const
{
    return m_files.size() == 1 ? tr("Importing %1").arg(QFileInfo(m_files.first()).fileName())
                               : tr("Importing %Ln file(s)", nullptr, int(m_files.size()));
}

QString ImportJob::summary() const
{
    QString text = tr("%Ln record(s) stored", nullptr, int(m_good));
    if (m_bad > 0)
        text += tr(", %1 not").arg(countText(m_bad));
    if (problem().kind == Problem::Kind::Cancelled)
        return tr("Import cancelled: %1").arg(text);
    return problem() ? tr("Import stopped: %1. %2").arg(text, problem().sentence()) : text;
}

void ImportJob::start()
{
    if (!m_report.open()) {
        end(fileProblem(m_report.errorString()));
        return;
    }
    fill();
}

void ImportJob::cancel()
{
    if (!m_stopped)
        stop(cancelled());
}

// What is under way is waited for: it may be stored already.
void ImportJob::stop(const Problem &problem)
{
    if (!m_stopped)
        m_stopped = problem;
    m_waiting.clear();
    m_isAtEnd = true;
    fill();
}

void ImportJob::fill()
{
    while (!m_stopped && !m_waiting.isEmpty() && m_underWay < mostUnderWay) {
        const ImportItem item = m_waiting.takeFirst();
        if (item.fault.isEmpty()) {
            ++m_underWay;
            send(item, 1);
        } else {
            note(item, item.fault);
            settle(item);
        }
    }
    if (!m_isAtEnd && !m_isReading && m_waiting.size() < ahead) {
        m_isReading = true;
        inBackground(
            this, [source = m_source] { return source->read(); },
            [this](QList<ImportItem> items) { takeItems(std::move(items)); });
    }
    if (m_isAtEnd && m_waiting.isEmpty() && m_underWay == 0 && !m_isReading)
        end(m_stopped);
}

void ImportJob::takeItems(QList<ImportItem> items)
{
    m_isReading = false;
    m_isAtEnd = m_isAtEnd || items.isEmpty();
    if (!m_stopped)
        m_waiting += items;
    fill();
}

void ImportJob::send(const ImportItem &item, int attempt)
{
    if (!m_session)
        return;
    const Request request{.method = "POST", .path = u"/record"_s, .body = item.data, .patience = 60s};
    m_session->api().send(request, this)->then(this, [this, item, attempt](const ApiReply &reply) {
        take(item, reply, attempt);
    });
}

void ImportJob::take(const ImportItem &item, const ApiReply &reply, int attempt)
{
    const Problem &problem = reply.problem();
    if (isBusy(problem) && attempt < mostAttempts && !m_stopped) { // it says that it has not stored it
        QTimer::singleShot(1s, this, [this, item, attempt] { send(item, attempt + 1); });
        return;
    }
    --m_underWay;
    if (reply.isOk())
        ++m_good;
    else if (problem.kind == Problem::Kind::Offline || problem.kind == Problem::Kind::Timeout)
        note(item, tr("no answer; it may be stored or not: %1").arg(problem.sentence()));
    else
        note(item, problem.sentence());
    settle(item);
    if (isFinal(problem))
        stop(problem);
    else
        fill();
}

void ImportJob::note(const ImportItem &item, const QString &reason)
{
    ++m_bad;
    const QString line = u"%1:%2: %3\n"_s.arg(item.file).arg(item.line).arg(QString(reason).replace(u'\n', u' '));
    m_report.write(line.toUtf8());
}

void ImportJob::settle(const ImportItem &item)
{
    m_bytes += item.bytes;
    Q_EMIT progressed(m_bytes, m_source->totalBytes());
}

} // namespace admin
