// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/folderscan.h"

#include "plugins/safefolder.h"
#include "plugins/wholefile.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

QString signatureName(const QString &name) { return name + u".sig"_s; }

/// Beside the copy, so that a version is still vouched for when its file in the drop folder is another one.
Result<> keepSignature(const SafeFolder &folder, const QString &name, const QString &copy)
{
    constexpr qint64 signatureSize = 64; // Ed25519, RFC 8032 section 5.1.6
    QFile source(folder.path() + u'/' + signatureName(name));
    if (source.size() != signatureSize || !source.open(QIODevice::ReadOnly))
        return {};
    const QByteArray signature = source.readAll();
    QFile kept(signatureName(copy));
    if (kept.open(QIODevice::ReadOnly) && kept.readAll() == signature)
        return {};
    return writeWhole(kept.fileName(), signature, 0600, Durable::No);
}

ScannedFile scanOne(const ScanGround &ground, const SafeFolder &folder, const QString &name)
{
    ScannedFile file;
    // The stamps from before the reading: what changes meanwhile is seen the next time.
    file.stamp = stampOf(folder.descriptor(), name);
    file.signature = stampOf(folder.descriptor(), signatureName(name));
    file.admitted = admit(folder, name, *ground.store, *ground.lint, &file.refusal, ground.trust.get());
    if (!file.admitted || !ground.trust)
        return file;
    if (const auto kept = keepSignature(folder, name, file.admitted->copy); !kept) {
        // Served without, it could not come back after the next start.
        file.refusal.phase = Phase::Take;
        file.refusal.reason = kept.error().message();
        file.refusal.remedy = remedyOfStore(*ground.store);
        file.admitted.reset();
    }
    return file;
}

} // namespace

Result<FolderContent> scanFolder(const ScanGround &ground, const FolderContent &before)
{
    // Opened anew each time: the folder may have been replaced as a whole.
    const auto folder = SafeFolder::open(ground.folder);
    if (!folder)
        return folder.error();
    const auto names = folder->pluginFiles();
    if (!names)
        return names.error();
    FolderContent content;
    for (const QString &name : *names) {
        const auto known = before.find(name);
        // What could not be taken may be the host's fault, such as a full disk.
        const bool isSettled = known != before.end() && (known->admitted || known->refusal.phase != Phase::Take);
        const bool unchanged = isSettled && known->stamp == stampOf(folder->descriptor(), name)
            && known->signature == stampOf(folder->descriptor(), signatureName(name));
        content.insert(name, unchanged ? *known : scanOne(ground, *folder, name));
    }
    return content;
}

std::optional<AdmittedFile> admitFromStore(const ScanGround &ground, const QString &id, const QByteArray &sha256,
                                           Refusal *refusal)
{
    const QString name = id + u".so"_s;
    const QString path = ground.store->path() + u'/' + QString::fromLatin1(sha256);
    refusal->file = path + u'/' + name;
    refusal->id = id;
    const auto fail = [refusal](const QString &reason) {
        refusal->phase = Phase::Take;
        refusal->reason = reason;
        refusal->remedy = u"put the wanted version into the folder again"_s;
        return std::nullopt;
    };
    const auto folder = SafeFolder::open(path);
    if (!folder)
        return fail(u"its copy is not in the store any more: "_s + folder.error().message());
    auto file = admit(*folder, name, *ground.store, *ground.lint, refusal, ground.trust.get());
    if (file && file->sha256 != sha256)
        return fail(u"its copy in the store has been changed"_s);
    return file;
}

} // namespace quoin::plugins
