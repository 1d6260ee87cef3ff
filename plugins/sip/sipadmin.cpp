// SPDX-License-Identifier: GPL-3.0-only
#include "sipadmin.h"

#include "fixity.h"
#include "packageinside.h"

#include <limits>

namespace sip {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using quoin::Error;
using quoin::Patience;
using quoin::Request;
using quoin::Response;
using quoin::Result;
using quoin::Rows;
using quoin::RowSelection;

namespace {

constexpr qint64 largest = std::numeric_limits<qint64>::max();

void addCondition(RowSelection &selection, const QString &condition)
{
    selection.condition += selection.condition.isEmpty() ? condition : u" AND "_s + condition;
}

/// Each has a partial index, but verified, which nearly all packages are.
QString stateCondition(const QString &state)
{
    if (state == u"fault"_s)
        return u"fault IS NOT NULL"_s;
    if (state == u"verified"_s)
        return u"fault IS NULL AND verified > 0"_s;
    if (state == u"unverified"_s)
        return u"fault IS NULL AND verified = 0"_s;
    return {};
}

} // namespace

Result<RowSelection> SipAdmin::selection(const Request &request) const
{
    const auto after = request.queryInteger(u"after"_s, 0, 1, largest);
    const auto record = request.queryInteger(u"record"_s, 0, std::numeric_limits<qint64>::min(), largest);
    const auto text = quoin::queryText(request, u"text"_s);
    if (!after || !record || !text)
        return !after ? after.error() : !record ? record.error() : text.error();
    RowSelection selection{u"sip"_s, {}};
    if (*after > 0)
        selection.after = *after;
    if (request.query(u"record"_s)) {
        addCondition(selection, u"record = ?"_s);
        selection.values += *record;
    }
    if (const auto state = request.query(u"state"_s)) {
        const QString condition = stateCondition(*state);
        if (condition.isEmpty())
            return Error::invalid(u"Query parameter \"state\" must be verified, fault or unverified."_s);
        addCondition(selection, condition);
    }
    if (!text->isNull()) {
        addCondition(selection, quoin::containsCondition(m_services.database().dialect(), u"file"_s));
        selection.values += quoin::containing(*text);
    }
    return selection;
}

Result<Response> SipAdmin::list(const Request &request) const
{
    static const QStringList known{u"limit"_s, u"after"_s, u"record"_s, u"state"_s, u"text"_s};
    if (const auto fault = request.expectQueries(known); !fault)
        return fault.error();
    const auto limit = request.queryInteger(u"limit"_s, 100, 1, 1000);
    if (!limit)
        return limit.error();
    const auto selected = selection(request);
    if (!selected)
        return selected.error();
    const auto page = quoin::readPage(m_services.database(), *selected, packageColumns(), *limit, Patience(request, 3s),
                                      [](const Rows &row) { return packageOf(row).toJson(); });
    if (!page)
        return page.error();
    return Response::json(quoin::listJson(page->rows, page->next ? QByteArray::number(*page->next) : QByteArray()));
}

Result<StoredPackage> SipAdmin::find(qint64 id) const
{
    return m_services.database()
        .read([id](quoin::Connection &connection) { return findPackage(connection, id); })
        .result();
}

Result<Response> SipAdmin::verify(const Request &request, qint64 id) const
{
    const auto package = find(id);
    if (!package)
        return package.error();
    const auto fault = checkPackage(m_directory, *package, [&request] { return request.isCancelled(); });
    if (!fault)
        return Error::unavailable(u"Package %1 was not read to its end, as nobody waited for it."_s.arg(id));
    if (!fault->isEmpty())
        tellLoss(m_services.log(), *package, *fault);
    const Time when = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto checked = m_services.database()
                             .write([id, when, fault = *fault](quoin::Connection &connection) -> Result<StoredPackage> {
                                 if (const auto put = putCheck(connection, id, when, fault); !put)
                                     return put.error();
                                 return findPackage(connection, id);
                             })
                             .result();
    return checked ? Result<Response>(Response::json(checked->toJson())) : checked.error();
}

Result<Response> SipAdmin::entries(qint64 id) const
{
    const auto package = find(id);
    return package ? insideOf(m_directory, *package) : package.error();
}

Result<Response> SipAdmin::entry(qint64 id, qint64 index) const
{
    const auto package = find(id);
    return package ? bytesInside(m_directory, *package, index) : package.error();
}

} // namespace sip
