// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/gate.h"

#include "plugins/loader.h"
#include "plugins/pluginfile.h"
#include "plugins/pluginstore.h"
#include "plugins/safefolder.h"
#include "plugins/trust.h"

#include <QFile>

#include <fcntl.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

constexpr qint64 largestSignature = 4096; // 64 bytes and whatever is wrong about it

/// What keeps the file from being trusted, if anything does.
std::optional<Fault> doubtOf(const Trust &trust, const SafeFolder &folder, const PluginFile &file)
{
    if (trust.mode() == TrustOptions::Mode::Off)
        return std::nullopt;
    const QString name = file.baseName + u".so.sig"_s;
    QByteArray signature;
    if (::faccessat(folder.descriptor(), QFile::encodeName(name).constData(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        Fault fault;
        const auto bytes = readSafeFile(folder, name, largestSignature, &fault);
        if (!bytes)
            return Fault{u"its signature %1: %2"_s.arg(name, fault.reason), fault.remedy};
        signature = *bytes;
    }
    const Trust::Verdict verdict = trust.judge(file.bytes, file.sha256, file.baseName, signature);
    return verdict.isTrusted ? std::nullopt : std::optional(Fault{verdict.reason, verdict.remedy});
}

} // namespace

QString remedyOfStore(const PluginStore &store)
{
    return u"make room and rights in %1; it is tried again by itself"_s.arg(store.path());
}

std::optional<AdmittedFile> admit(const SafeFolder &folder, const QString &name, const PluginStore &store,
                                  const LintOptions &options, Refusal *refusal, const Trust *trust)
{
    refusal->file = folder.path() + u'/' + name;
    const auto refuse = [refusal](Phase phase, const Fault &fault) {
        refusal->phase = phase;
        refusal->reason = fault.reason;
        refusal->remedy = fault.remedy;
        return std::nullopt;
    };

    Fault fault;
    const auto file = readPluginFile(folder, name, &fault);
    if (!file)
        return refuse(Phase::Take, fault);
    if (!isPluginId(file->baseName))
        return refuse(Phase::Take, {u"its name is no plugin id"_s, u"name it <id>.so"_s});
    refusal->id = file->baseName;
    refusal->sha256 = file->sha256;
    // Linted before it is kept, so that rubbish does not fill the store; both see the same bytes.
    if (const auto wrong = lint(file->bytes, options))
        return refuse(Phase::Lint, *wrong);
    const auto doubt = trust ? doubtOf(*trust, folder, *file) : std::nullopt;
    if (doubt && trust->mode() == TrustOptions::Mode::Require)
        return refuse(Phase::Trust, *doubt);
    const auto copy = store.keep(*file);
    if (!copy)
        return refuse(Phase::Take, {copy.error().message(), remedyOfStore(store)});

    const QJsonObject loaderData = loaderMetadata(*copy);
    refusal->version = loaderData.value(u"MetaData"_s).toObject().value(u"version"_s).toString();
    const auto metadata = readMetadata(loaderData, file->baseName, &fault);
    if (!metadata)
        return refuse(Phase::Metadata, fault);
    return AdmittedFile{file->path, *copy, file->sha256, *metadata, doubt ? doubt->reason : QString()};
}

} // namespace quoin::plugins
