// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pipelinestate.h"

#include <QLoggingCategory>

#include <algorithm>
#include <iterator>
#include <utility>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

Q_LOGGING_CATEGORY(lcLooking, "quoin.plugins", QtInfoMsg)

/// Also if only somebody's word has changed.
bool isOtherwise(const ScannedFile &before, const ScannedFile &now)
{
    const auto doubt = [](const ScannedFile &file) { return file.admitted ? file.admitted->untrusted : QString(); };
    return before.stamp != now.stamp || before.signature != now.signature || doubt(before) != doubt(now);
}

} // namespace

void Pipeline::Private::look()
{
    m_looksAgain = m_isLooking;
    if (std::exchange(m_isLooking, true))
        return;
    const FolderContent before = std::exchange(m_forgetsStamps, false) ? FolderContent() : m_content;
    m_background.run(
        [ground = m_ground, records = *m_records, before] {
            return Sighting{scanFolder(ground, before), records.choices()};
        },
        [this, trust = m_ground.trust](Sighting sighting) {
            if (trust == m_ground.trust)
                return take(std::move(sighting));
            m_isLooking = false;
            look();
        });
}

void Pipeline::Private::lookAnew()
{
    m_forgetsStamps = true;
    m_givenUp.reset();
    for (KnownVersion &version : m_versions)
        version.refusal.reset();
    look();
}

/// What is served, and what could be in its place, is only known to have been vouched for by those of before.
void Pipeline::Private::judgeAnew(std::shared_ptr<const Trust> trust)
{
    m_ground.trust = std::move(trust);
    for (KnownVersion &version : m_versions)
        version.admitted.reset();
}

void Pipeline::Private::take(Sighting sighting)
{
    m_isLooking = false;
    takeChoices(sighting.choices);
    const QString fault = sighting.content ? QString() : sighting.content.error().message();
    // What is served stays: a folder that is away for a moment is no wish to take everything away.
    if (std::exchange(m_folderFault, fault) != fault && !fault.isEmpty())
        qCWarning(lcLooking).noquote() << u"plugin folder unusable, nothing changes reason=\"%1\""_s.arg(fault);
    if (sighting.content)
        takeContent(*sighting.content);
    m_hasLooked = true;
    if (m_looksAgain)
        look();
    else if (m_mustPrune)
        prune();
    consider();
}

void Pipeline::Private::takeContent(const FolderContent &content)
{
    const FolderContent before = std::exchange(m_content, content);
    m_offered.clear();
    for (auto it = content.begin(); it != content.end(); ++it) {
        const auto known = before.find(it.key());
        takeFile(it.key(), *it, known == before.end() || isOtherwise(*known, *it));
    }
    if (content.keys() != before.keys())
        m_givenUp.reset();
    forgetUnused();
}

void Pipeline::Private::takeFile(const QString &name, const ScannedFile &file, bool isNew)
{
    const QString id = name.chopped(3); // ".so"
    if (isNew)
        m_givenUp.reset();
    if (!file.admitted) {
        if (file.refusal.phase == Phase::Take)
            m_retry.start(options.retry);
        m_offered.insert(id, {file.refusal.file, file.refusal.sha256, file.refusal});
        return;
    }
    const VersionKey key{id, file.admitted->sha256};
    m_offered.insert(id, {file.admitted->path, key.sha256, {}});
    KnownVersion &version = m_versions[key];
    version.admitted = file.admitted;
    if (!isNew)
        return;
    version.refusal.reset(); // the same file put there again: its owner wants it tried again
    if (!file.admitted->untrusted.isEmpty())
        qCWarning(lcLooking).noquote() << u"plugin untrusted id=%1 sha256=%2 reason=\"%3\""_s.arg(
            id, QString::fromLatin1(key.sha256.left(12)), file.admitted->untrusted);
}

void Pipeline::Private::takeChoices(const Choices &choices)
{
    const Choices before = std::exchange(m_choices, choices);
    if (before == choices)
        return;
    m_givenUp.reset();
    for (auto it = choices.enabled.begin(); it != choices.enabled.end(); ++it) {
        if (m_hasLooked && before.enabled.value(it.key()) != it.value())
            forgetRefusals(it.key());
    }
}

void Pipeline::Private::forgetRefusals(const QString &id)
{
    m_crashes.forget(id);
    for (auto it = m_versions.begin(); it != m_versions.end(); ++it) {
        if (it.key().id == id)
            it->refusal.reset();
    }
}

/// What is neither offered nor might be served in a file's place again.
void Pipeline::Private::forgetUnused()
{
    const auto histories = board.histories();
    for (auto it = m_versions.begin(); it != m_versions.end();) {
        const VersionKey &key = it.key();
        const auto history = histories.value(key.id);
        const bool isUsed = m_offered.value(key.id).sha256 == key.sha256 || m_asked.contains(key)
            || std::any_of(history.begin(), history.end(), [&](const auto &live) { return live.sha256 == key.sha256; });
        it = isUsed ? std::next(it) : m_versions.erase(it);
    }
}

} // namespace quoin::plugins
