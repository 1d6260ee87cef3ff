// SPDX-License-Identifier: GPL-3.0-only
#include "records.h"

#include "recordlist.h"

#include <limits>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace records {

using quoin::Future;
using quoin::JsonText;
using quoin::Request;
using quoin::Response;
using quoin::Result;

namespace {

/// A body up to this size is checked on the event loop, in some 50 us; a larger one would keep other clients waiting.
constexpr qsizetype checkedOnLoop = 65'536;

constexpr qint64 largestLimit = 100'000;
constexpr qint64 noLimit = 0;
constexpr qint64 beforeAll = std::numeric_limits<qint64>::min();

QByteArray recordJson(qint64 id, const JsonText &data)
{
    return "{\"id\":" + QByteArray::number(id) + ",\"data\":" + data.text() + '}';
}

QByteArray nextLink(qint64 limit, qint64 after)
{
    return "</record?limit=" + QByteArray::number(limit) + "&after=" + QByteArray::number(after) + ">; rel=\"next\"";
}

Response listResponse(const RecordStore &store, RecordListing listing)
{
    if (listing.isComplete)
        return Response::json(RecordList::opening() + listing.first.json + RecordList::closing());
    const auto list = std::make_shared<RecordList>(
        store, std::move(listing)); // shared: the host asks for pieces long after this
    return Response::stream(QByteArrayLiteral("application/json"), [list] { return list->next(); });
}

} // namespace

void Records::describe(quoin::Registry &registry)
{
    for (const quoin::Migration &migration : RecordStore::migrations())
        registry.migration(migration);
    registry.post(u"/record"_s, &Records::create).summary(u"Store a JSON value"_s).scope(u"records:write"_s);
    registry.get(u"/record"_s, &Records::list).summary(u"All records, or a page of them"_s).scope(u"records:read"_s);
    registry.get(u"/record/{id}"_s, &Records::show).summary(u"One record"_s).scope(u"records:read"_s);

    registry.get(u"/admin/v1/records"_s, [this](const Request &request) { return m_admin->list(request); })
        .summary(u"Records in either order, by id, time and text"_s)
        .scope(u"admin:read"_s);
    registry
        .get(u"/admin/v1/records/positions"_s, [this](const Request &request) { return m_admin->positions(request); })
        .summary(u"How many records there are, and cursors to every so many of them"_s)
        .scope(u"admin:read"_s)
        .deadline(30s);
    describeChanges(registry);
}

void Records::describeChanges(quoin::Registry &registry)
{
    registry.get(u"/admin/v1/records/{id}"_s, [this](const Request &, qint64 id) { return m_changes->show(id); })
        .summary(u"One record, with the entity tag for If-Match"_s)
        .scope(u"admin:read"_s);
    registry
        .put(u"/admin/v1/records/{id}"_s,
             [this](const Request &request, qint64 id) { return m_changes->replace(request, id); })
        .summary(u"Put another value in the place of a record's, which is archived, too"_s)
        .scope(u"admin"_s);
    registry
        .remove(u"/admin/v1/records/{id}"_s,
                [this](const Request &request, qint64 id) { return m_changes->remove(request, id); })
        .summary(u"Remove a record; its packages stay"_s)
        .scope(u"admin"_s);
    registry
        .post(u"/admin/v1/records/archive"_s, [this](const Request &request) { return m_changes->archive(request); })
        .summary(u"Archive records once more, by their ids"_s)
        .scope(u"admin"_s)
        .deadline(60s);
}

Result<> Records::start(quoin::Services &services)
{
    m_store.emplace(services.database(), services.events(), services.traces());
    m_admin.emplace(services.database());
    m_changes.emplace(services.database(), services.events());
    m_services = services;
    return m_store->check();
}

void Records::stop()
{
    m_changes.reset();
    m_admin.reset();
    m_store.reset();
    m_services.reset();
}

Future<Response> Records::create(const Request &request) const
{
    if (request.body().size() > checkedOnLoop)
        return m_services->run([request] { return request.json(); }).then([this](const JsonText &json) {
            return store(json);
        });
    const auto json = request.json();
    if (!json)
        return json.error();
    return store(*json);
}

Future<Response> Records::store(const JsonText &json) const
{
    return m_store->insert(json).then([json](qint64 id) {
        return Response::json(recordJson(id, json)).header("Location", "/record/" + QByteArray::number(id));
    });
}

Future<Response> Records::list(const Request &request) const
{
    const auto limit = request.queryInteger(u"limit"_s, noLimit, 1, largestLimit);
    const auto after = request.queryInteger(u"after"_s, beforeAll, 0, std::numeric_limits<qint64>::max());
    if (!limit || !after)
        return limit ? after.error() : limit.error();

    const auto atMost = *limit == noLimit ? std::nullopt : std::optional(*limit);
    return m_store->list(*after, atMost).then([store = *m_store, limit = *limit](const RecordListing &listing) {
        Response response = listResponse(store, listing);
        if (listing.hasMore)
            response.addHeader("Link", nextLink(limit, listing.last));
        return response;
    });
}

Future<Response> Records::show(const Request &, qint64 id) const
{
    return m_store->find(id).then([id](const JsonText &data) { return Response::json(recordJson(id, data)); });
}

} // namespace records
