// SPDX-License-Identifier: GPL-3.0-only
#include "records/pagefetch.h"

#include "records/background.h"

using namespace Qt::StringLiterals;

namespace admin {

PageFetch::PageFetch(Session *session, const RecordQuery &query, const QString &cursor, int wanted, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_query(query)
    , m_wanted(wanted)
{
    ask(cursor);
}

void PageFetch::ask(const QString &cursor)
{
    if (!m_session) {
        end(Problem::ofNetwork(QNetworkReply::OperationCanceledError, {}, {}));
        return;
    }
    Query query = m_query.withOrder();
    query << std::pair(u"limit"_s, QString::number(m_wanted - m_records.size()));
    if (!cursor.isEmpty())
        query << std::pair(u"after"_s, cursor);
    m_session->api().get(u"/admin/v1/records"_s, query, this)->then(this, [this](const ApiReply &reply) {
        take(reply);
    });
}

void PageFetch::take(const ApiReply &reply)
{
    if (!reply.isOk()) {
        end(reply.problem());
        return;
    }
    inBackground(
        this, [bytes = reply.bytes()] { return readRecordList(bytes); },
        [this](std::optional<RecordList> list) { takeList(std::move(list)); });
}

void PageFetch::takeList(std::optional<RecordList> list)
{
    if (!list) {
        end(Problem::malformed(tr("The list of records cannot be read")));
        return;
    }
    m_records += list->records;
    m_next = list->next;
    if (!m_next.isEmpty() && m_records.size() < m_wanted)
        ask(m_next);
    else
        end({});
}

void PageFetch::end(const Problem &problem)
{
    m_problem = problem;
    Q_EMIT finished();
}

} // namespace admin
