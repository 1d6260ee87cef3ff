// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/decide.h"

#include <QDateTime>

/// Builds situations in the words in which one speaks of them.
class SituationScene
{
public:
    quoin::plugins::Situation situation;

    /// A version that has passed its gates and was probed. sha256: any word.
    SituationScene &know(const QString &id, const QByteArray &sha256, const QString &version = QStringLiteral("1.0.0"))
    {
        quoin::plugins::AdmittedFile file;
        file.path = QStringLiteral("/drop/") + id + QStringLiteral(".so");
        file.copy = QStringLiteral("/store/") + QString::fromLatin1(sha256);
        file.sha256 = sha256;
        file.metadata.id = id;
        file.metadata.title = id;
        file.metadata.version = QVersionNumber::fromString(version);
        auto &known = at(id, sha256);
        known.admitted = file;
        known.facts = quoin::plugins::DescriptionFacts();
        return *this;
    }

    /// It is in the folder, too.
    SituationScene &offer(const QString &id, const QByteArray &sha256, const QString &version = QStringLiteral("1.0.0"))
    {
        situation.offered.insert(id, {QStringLiteral("/drop/") + id + QStringLiteral(".so"), sha256, {}});
        return know(id, sha256, version);
    }

    /// A file that some gate has turned away.
    SituationScene &offerRefused(const QString &id, const QString &reason)
    {
        const QString file = QStringLiteral("/drop/") + id + QStringLiteral(".so");
        situation.offered.insert(id, {file, {}, refusal(id, quoin::plugins::Phase::Lint, reason)});
        return *this;
    }

    /// Was live, the latest of its id so far.
    SituationScene &wasLive(const QString &id, const QByteArray &sha256,
                            const QString &version = QStringLiteral("1.0.0"))
    {
        situation.histories[id].prepend({version, id, sha256, minute(m_minutes++)});
        return know(id, sha256, version);
    }

    SituationScene &route(const QString &id, const QByteArray &sha256, const QString &pattern)
    {
        quoin::plugins::RouteFacts route;
        route.method = "GET";
        route.pattern = pattern;
        at(id, sha256).facts->routes.append(route);
        return *this;
    }

    SituationScene &migration(const QString &id, const QByteArray &sha256, const QString &name, const QString &sql)
    {
        at(id, sha256).facts->migrations.append({id + u'/' + name, {sql}, {sql}});
        return *this;
    }

    SituationScene &requirement(const QString &id, const QByteArray &sha256, const QString &other,
                                const QString &atLeast = QStringLiteral("1.0"))
    {
        at(id, sha256).admitted->metadata.requirements.append({other, QVersionNumber::fromString(atLeast)});
        return *this;
    }

    SituationScene &refuse(const QString &id, const QByteArray &sha256, const QString &reason)
    {
        at(id, sha256).refusal = refusal(id, quoin::plugins::Phase::Start, reason);
        return *this;
    }

    SituationScene &quarantine(const QString &id, const QByteArray &sha256)
    {
        situation.quarantine.append({{id, sha256}, QStringLiteral("1.0.0"), QStringLiteral("crashed"), minute(30), 3});
        return *this;
    }

    SituationScene &bar(const QString &id, const QByteArray &sha256)
    {
        situation.barred.append({{id, sha256}, QStringLiteral("1.0.0"), QStringLiteral("crashed early"), minute(30)});
        return *this;
    }

    quoin::plugins::KnownVersion &at(const QString &id, const QByteArray &sha256)
    {
        return situation.versions[{id, sha256}];
    }

    static QDateTime minute(int n) { return QDateTime(QDate(2026, 1, 1), QTime(12, 0).addSecs(n * 60), Qt::UTC); }

private:
    static quoin::plugins::Refusal refusal(const QString &id, quoin::plugins::Phase phase, const QString &reason)
    {
        return {
            QStringLiteral("/drop/") + id + QStringLiteral(".so"), id, {}, phase, reason, QStringLiteral("mend it")};
    }

    int m_minutes = 0;
};
