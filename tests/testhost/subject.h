// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/plugin.h>

#include <atomic>
#include <optional>
#include <stdexcept>

/// A plugin with one of everything.
class Subject final : public QObject, public quoin::Plugin
{
    Q_OBJECT
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        using namespace Qt::StringLiterals;
        using quoin::Response;
        using quoin::Result;

        registry.migration({u"subject/0001-note"_s, {u"CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)"_s}});
        if (takesAway)
            registry.migration({u"subject/0002-no-note"_s, {u"DROP TABLE note"_s}});
        registry.get(u"/word"_s, [this](const quoin::Request &) {
            return Response::text(m_services->setting<QString>(u"word"_s).toUtf8());
        });
        registry.get(u"/later"_s, [this](const quoin::Request &) {
            return quoin::Future<Response>(m_services->run([] { return Response::text("later"); }));
        });
        registry.get(u"/pieces/{count}"_s, [](const quoin::Request &, int count) {
            return Response::stream("text/plain", [left = count]() mutable -> quoin::Future<QByteArray> {
                return left-- > 0 ? QByteArray(1000, 'a') : QByteArray();
            });
        });
        registry.get(u"/cut"_s, [](const quoin::Request &) {
            return Response::stream("text/plain", [left = 10]() mutable -> quoin::Future<QByteArray> {
                if (left-- > 0)
                    return QByteArray(100'000, 'a');
                return quoin::Error::internal(u"no more"_s);
            });
        });
        registry.get(u"/throw"_s, [](const quoin::Request &) -> Response { throw std::runtime_error("secret"); });
        registry.get(u"/never"_s, [this](const quoin::Request &) { return m_never.future(); })
            .deadline(std::chrono::milliseconds(10));
        registry
            .post(u"/echo"_s,
                  [](const quoin::Request &request) -> Result<Response> {
                      const auto json = request.json();
                      return json ? Result<Response>(Response::json(json->text(), 201)) : json.error();
                  })
            .bodyLimit(1000);
        registry.post(u"/note"_s, [this](const quoin::Request &request) { return store(request.body()); });
        registry.task(u"subject.copy"_s,
                      [this](const quoin::TaskRun &run, const QString &text) { return copy(run, text); },
                      {.attempts = 3, .firstDelay = std::chrono::seconds(10)});
        registry.task(u"subject.chain"_s, [this](const quoin::TaskRun &, qint64 left) { return chain(left); });
        registry.batchTask(u"subject.copies"_s,
                           [this](const QList<quoin::TaskRun> &runs) {
                               QList<Result<>> results;
                               for (const quoin::TaskRun &run : runs) {
                                   const auto text = run.arguments<QString>();
                                   results += text ? copy(run, std::get<0>(*text)) : text.error();
                               }
                               return results;
                           },
                           {.attempts = 2, .parameters = {u"text"_s}, .largestBatch = 8});
        registry.taskAlias(u"old.copy"_s, u"subject.copy"_s);
        registry.subscribe(u"note.stored"_s, u"subject.copy"_s);
    }

    quoin::Result<> start(quoin::Services &services) override
    {
        if (refuses)
            return quoin::Error::unavailable(QStringLiteral("not today"));
        m_services = services;
        return {};
    }

    void stop() override
    {
        ++stops;
        m_services.reset();
    }

    bool refuses = false;
    bool takesAway = false;
    int stops = 0;
    std::atomic<int> failures = 0; ///< Of the next attempts at subject.copy.
    QStringList copied;

private:
    quoin::Future<quoin::Response> store(const QByteArray &text) const
    {
        return m_services->database()
            .write([text = QString::fromUtf8(text),
                    events = m_services->events()](quoin::Connection &connection) -> quoin::Result<> {
                const auto stored = connection.execute(QStringLiteral("INSERT INTO note (text) VALUES (?)"), {text});
                if (!stored)
                    return stored.error();
                const auto told = events.publish(connection, QStringLiteral("note.stored"), quoin::jsonArray(text));
                if (!told || text == u"roll back")
                    return told ? quoin::Error::conflict(text) : told.error();
                return {};
            })
            .then([] { return quoin::Response::empty(); });
    }

    quoin::Result<> copy(const quoin::TaskRun &, const QString &text)
    {
        if (failures-- > 0)
            return quoin::Error::unavailable(QStringLiteral("not yet"));
        copied.append(text);
        return {};
    }

    quoin::Result<> chain(qint64 left) const
    {
        if (left == 0)
            return {};
        return m_services->database()
            .write([left, tasks = m_services->tasks()](quoin::Connection &connection) {
                return tasks.push(connection, QStringLiteral("subject.chain"), quoin::jsonArray(left - 1));
            })
            .then([](qint64) {})
            .result();
    }

    std::optional<quoin::Services> m_services;
    quoin::Promise<quoin::Response> m_never;
};
