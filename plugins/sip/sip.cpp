// SPDX-License-Identifier: GPL-3.0-only
#include "sip.h"

#include "download.h"
#include "fixity.h"
#include "packagetable.h"

#include <QDir>
#include <QFileInfo>

namespace sip {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using quoin::Connection;
using quoin::Error;
using quoin::Future;
using quoin::Request;
using quoin::Response;
using quoin::Result;
using quoin::TaskRun;

namespace {

constexpr int fixityBatch = 100; ///< Packages whose outcomes are written in one transaction.

Time now() { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }

Result<Submission> submissionOf(const TaskRun &run)
{
    if (run.isStopRequested())
        return Error::unavailable(u"it was asked to stop before it began"_s);
    const auto arguments = run.arguments<qint64, quoin::JsonText>();
    if (!arguments)
        return arguments.error();
    return Submission{std::get<0>(*arguments), std::get<1>(*arguments), run.created()};
}

/// The row of a package that was just stored and verified.
StoredPackage packageOf(const Submission &submission, const quoin::bagit::StoredFile &stored)
{
    StoredPackage package;
    package.record = submission.record;
    package.file = QFileInfo(stored.path).fileName();
    package.size = stored.size;
    package.sha256 = stored.sha256;
    package.created = submission.created;
    package.verified = package.checked = now();
    return package;
}

} // namespace

void Sip::describe(quoin::Registry &registry)
{
    registry.migration(createPackageTable());

    registry.get(u"/record/{id}/sips"_s, &Sip::list).summary(u"The packages of a record"_s).scope(u"records:read"_s);
    registry.get(u"/sip/{id}"_s, &Sip::show).summary(u"One package"_s).scope(u"records:read"_s);
    registry.get(u"/sip/{id}/file"_s, &Sip::file)
        .summary(u"The bytes of a package, whole or a range"_s)
        .scope(u"records:read"_s);

    describeAdmin(registry);

    // Fifty attempts are about a day and a half: a disk that was full over night is no reason to give a record up.
    registry.batchTask(u"sip.make_sip"_s, &Sip::makeSip,
                       {.attempts = 50,
                        .firstDelay = 1s,
                        .timeLimit = 5min,
                        .parameters = {u"recid"_s, u"data"_s},
                        .largestBatch = 128});
    registry.taskAlias(u"app.make_sip"_s, u"sip.make_sip"_s);
    for (const auto &event : {u"record.created"_s, u"record.changed"_s, u"record.archive"_s})
        registry.subscribe(event, u"sip.make_sip"_s);
    registry.task(u"sip.check_fixity"_s, &Sip::checkFixity, {.attempts = 5, .firstDelay = 1min, .timeLimit = 50min});
}

void Sip::describeAdmin(quoin::Registry &registry)
{
    registry.get(u"/admin/v1/sips"_s, [this](const Request &request) { return m_admin->list(request); })
        .summary(u"Packages, the newest first, by record, state and file name"_s)
        .scope(u"admin:read"_s);
    registry
        .post(u"/admin/v1/sips/{id}/verify"_s,
              [this](const Request &request, qint64 id) { return m_admin->verify(request, id); })
        .summary(u"Read a package's file now and compare it with what was recorded"_s)
        .scope(u"admin"_s)
        .deadline(30min);
    registry.get(u"/admin/v1/sips/{id}/entries"_s, [this](const Request &, qint64 id) { return m_admin->entries(id); })
        .summary(u"The files in a package, and what its bag-info.txt says"_s)
        .scope(u"admin:read"_s);
    registry
        .get(u"/admin/v1/sips/{id}/entries/{index}"_s,
             [this](const Request &, qint64 id, qint64 index) { return m_admin->entry(id, index); })
        .summary(u"The bytes of a file in a package, by its place in the list"_s)
        .scope(u"admin:read"_s);
}

Result<> Sip::start(quoin::Services &services)
{
    m_services = services;
    m_directory = services.setting<QString>(u"directory"_s);
    if (m_directory.isEmpty())
        m_directory = services.dataDirectory() + u"/sips"_s;
    m_format = services.setting<QString>(u"format"_s) == u"zlib"_s ? Format::Zlib : Format::Bag;
    m_admin.emplace(services, m_directory);
    m_fixityInterval = std::chrono::milliseconds(services.setting<qint64>(u"fixity_interval"_s));

    const QString published = services.setting<QString>(u"task_name"_s);
    if (const auto accepted = services.tasks().publishAs(u"sip.make_sip"_s, published); !accepted)
        return Error(accepted.error().kind(), u"sip.task_name: "_s + accepted.error().message());

    if (const auto prepared = quoin::bagit::prepareFolder(m_directory); !prepared)
        return Error(prepared.error().kind(), u"sip.directory: "_s + prepared.error().message());
    if (const int removed = quoin::bagit::removeLeftovers(m_directory); removed > 0)
        qCInfo(services.log()).noquote() << u"leftovers removed count=%1 directory=\"%2\""_s.arg(removed).arg(
            m_directory);

    if (m_fixityInterval > 0ms) {
        if (const auto scheduled = scheduleFixity(); !scheduled) // archiving goes on without it
            qCWarning(services.log()).noquote()
                << u"fixity not scheduled error=\"%1\""_s.arg(scheduled.error().message());
    }
    return {};
}

void Sip::stop()
{
    m_admin.reset();
    m_services.reset();
}

Future<Response> Sip::list(const Request &, qint64 record) const
{
    return m_services->database()
        .read([record](Connection &connection) { return packagesOf(connection, record); })
        .then([](const QList<StoredPackage> &packages) {
            QByteArrayList rows;
            for (const StoredPackage &package : packages)
                rows.append(package.toJson());
            return Response::json("{\"results\":[" + rows.join(',') + "]}");
        });
}

Future<Response> Sip::show(const Request &, qint64 id) const
{
    return m_services->database()
        .read([id](Connection &connection) { return findPackage(connection, id); })
        .then([](const StoredPackage &package) { return Response::json(package.toJson()); });
}

Result<Response> Sip::file(const Request &request, qint64 id) const
{
    const auto package
        = m_services->database().read([id](Connection &connection) { return findPackage(connection, id); }).result();
    if (!package)
        return package.error();
    auto response = download(request, *package, m_directory, *m_services);
    if (response)
        return response;
    qCCritical(m_services->log()).noquote() << u"package not served id=%1 record=%2 error=\"%3\""_s.arg(package->id)
                                                   .arg(package->record)
                                                   .arg(response.error().message());
    return Response::problem(
        500,
        u"The file of package %1 is missing or damaged in the archive. It was reported to the operator."_s.arg(id));
}

QList<Result<>> Sip::makeSip(const QList<TaskRun> &runs) const
{
    QList<Result<>> results(runs.size());
    QList<Submission> submissions;
    QList<qsizetype> places; // of the submissions among the runs
    for (qsizetype i = 0; i < runs.size(); ++i) {
        if (const auto submission = submissionOf(runs[i])) {
            submissions += *submission;
            places += i;
        } else {
            results[i] = submission.error();
        }
    }
    const auto stored = archive(m_directory, m_format, submissions);
    QList<StoredPackage> packages;
    for (qsizetype i = 0; i < stored.size(); ++i) {
        if (stored[i])
            packages += packageOf(submissions[i], *stored[i]);
        else
            results[places[i]] = stored[i].error();
    }
    const auto written = m_services->database()
                             .write([packages](Connection &connection) { return putPackages(connection, packages); })
                             .result();
    for (qsizetype i = 0; !written && i < stored.size(); ++i) {
        if (stored[i])
            results[places[i]] = written.error();
    }
    return results;
}

Result<qint64> Sip::scheduleFixity() const
{
    const auto push = [tasks = m_services->tasks()](Connection &connection) {
        const Time next = nextCheck(now());
        return tasks.push(connection, u"sip.check_fixity"_s, quoin::jsonArray(),
                          {.priority = -10, .notBefore = next, .uniqueKey = checkKey(next)});
    };
    return m_services->database().write(push).result();
}

Result<> Sip::checkFixity(const TaskRun &run) const
{
    if (m_fixityInterval <= 0ms)
        return {}; // switched off since it was pushed
    // First, so that whatever becomes of this run, the next one comes.
    if (const auto scheduled = scheduleFixity(); !scheduled)
        return scheduled.error();
    if (!QDir(m_directory).exists()) // a file system that is not mounted is not the loss of each file in it
        return Error::unavailable(u"the folder %1 is not there: fixity was not checked"_s.arg(m_directory));
    while (!run.isStopRequested()) {
        const auto more = checkBatch(run);
        if (!more || !*more)
            return more ? Result<>() : more.error();
    }
    return {}; // the rest is first in the next hour
}

/// Whether there may be more to check.
Result<bool> Sip::checkBatch(const TaskRun &run) const
{
    const Time before = now() - m_fixityInterval;
    const auto packages = m_services->database()
                              .read([before](Connection &connection) {
                                  return packagesToCheck(connection, before, fixityBatch);
                              })
                              .result();
    if (!packages)
        return packages.error();

    QList<std::pair<qint64, QString>> outcomes;
    for (const StoredPackage &package : *packages) {
        const auto fault = checkPackage(m_directory, package, [&run] { return run.isStopRequested(); });
        if (!fault)
            break;
        if (!fault->isEmpty())
            tellLoss(m_services->log(), package, *fault);
        outcomes.append({package.id, *fault});
    }
    const auto written = m_services->database()
                             .write([outcomes, when = now()](Connection &connection) -> Result<> {
                                 for (const auto &[id, fault] : outcomes) {
                                     if (const auto put = putCheck(connection, id, when, fault); !put)
                                         return put;
                                 }
                                 return {};
                             })
                             .result();
    if (!written)
        return written.error();
    return packages->size() == fixityBatch;
}

} // namespace sip
