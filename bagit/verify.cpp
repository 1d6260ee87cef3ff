// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/verify.h"

#include "bagit/contentreader.h"
#include "bagit/declaration.h"
#include "bagit/directorytree.h"
#include "bagit/inventory.h"
#include "bagit/seal.h"
#include "bagit/ziptree.h"

#include <QFileInfo>

#include <algorithm>
#include <optional>
#include <vector>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

/// One verification, step by step; run() is the order of them.
class Verification
{
public:
    Verification(FileTree &tree, const VerifyOptions &options)
        : m_tree(tree)
        , m_options(options)
        , m_reader(tree, options.limits, m_report)
    {
    }

    Report run(bool inTopFolder)
    {
        const auto entries = m_tree.entries(m_options.limits.entries);
        if (!entries) {
            m_report.add(FaultKind::Unreadable, {}, entries.error().message());
            return std::move(m_report);
        }
        m_reader.setEntryCount(entries->size());
        m_inventory = takeInventory(*entries, inTopFolder, m_report);
        readDeclaration();
        readManifests();
        readFetch();
        checkCompleteness();
        checkDigests();
        checkOxum();
        return std::move(m_report);
    }

private:
    void readDeclaration();
    void readManifests();
    void readFetch();
    void checkCompleteness();
    void checkListed(const Manifest &manifest);
    void checkDigests();
    bool checkFile(const QByteArray &path, qsizetype index);
    void checkOxum();
    void reportMissing(const QByteArray &path, const Manifest &manifest);

    /// The bytes of a tag file; nothing if there is none, and a fault if it cannot be read.
    std::optional<QByteArray> tagFile(const QByteArray &name);
    /// The same as UTF-8.
    std::optional<QByteArray> tagText(const QByteArray &name);

    FileTree &m_tree;
    const VerifyOptions &m_options;
    Report m_report;
    ContentReader m_reader;
    Inventory m_inventory;
    Declaration m_declaration;
    QList<Manifest> m_payloadManifests;
    QList<Manifest> m_tagManifests;
    QMap<QByteArray, QByteArray> m_fetch;
    bool m_payloadRead = true;
};

std::optional<QByteArray> Verification::tagFile(const QByteArray &name)
{
    const auto found = m_inventory.files.constFind(name);
    return found == m_inventory.files.cend() ? std::nullopt : m_reader.readTagFile(name, *found);
}

std::optional<QByteArray> Verification::tagText(const QByteArray &name)
{
    const auto bytes = tagFile(name);
    if (!bytes)
        return std::nullopt;
    const auto text = toUtf8(*bytes, m_declaration.encoding);
    if (!text)
        m_report.add(
            FaultKind::BadManifest, name,
            u"\"%1\" is not %2 as bagit.txt declares."_s.arg(shown(name), QString::fromLatin1(m_declaration.encoding)));
    return text;
}

void Verification::readDeclaration()
{
    if (!m_inventory.files.contains("bagit.txt"))
        m_report.add(FaultKind::BadDeclaration, "bagit.txt", u"bagit.txt is missing: this is not a bag."_s);
    else if (const auto bytes = tagFile("bagit.txt"))
        m_declaration = parseDeclaration(*bytes, m_report);
    if (!m_inventory.hasDataFolder)
        m_report.add(FaultKind::MissingFile, "data", u"The folder data/ is missing."_s);
}

void Verification::readManifests()
{
    bool hasPayloadManifest = false;
    for (const QByteArray &name : m_inventory.files.keys()) {
        const bool ofPayload = name.startsWith("manifest-");
        if (!(ofPayload || name.startsWith("tagmanifest-")) || !name.endsWith(".txt") || name.contains('/'))
            continue;
        hasPayloadManifest |= ofPayload;
        const qsizetype prefix = name.indexOf('-') + 1;
        const auto algorithm = algorithmNamed(QByteArrayView(name).sliced(prefix, name.size() - prefix - 4));
        if (!algorithm) {
            m_report.add(
                FaultKind::BadManifest, name,
                u"\"%1\" uses an algorithm that is not known here; md5, sha1, sha224, sha256, sha384 and sha512 are."_s
                    .arg(shown(name)));
        } else if (const auto text = tagText(name)) {
            (ofPayload ? m_payloadManifests : m_tagManifests)
                .append(parseManifest(name, *algorithm, *text, ofPayload, m_declaration.version, m_report));
        }
    }
    if (!hasPayloadManifest)
        m_report.add(FaultKind::BadManifest, {}, u"There is no payload manifest, such as manifest-sha512.txt."_s);
}

void Verification::readFetch()
{
    if (const auto text = tagText("fetch.txt"))
        m_fetch = parseFetch(*text, m_declaration.version, m_report);
    for (auto it = m_fetch.cbegin(); it != m_fetch.cend(); ++it) {
        if (!m_inventory.files.contains(it.key()))
            m_report.add(FaultKind::ToBeFetched, it.key(),
                         u"\"%1\" is still to be fetched from %2: the bag is incomplete."_s.arg(shown(it.key()),
                                                                                                shown(it.value())));
    }
}

void Verification::reportMissing(const QByteArray &path, const Manifest &manifest)
{
    if (!m_inventory.files.contains(path) && !m_fetch.contains(path))
        m_report.add(FaultKind::MissingFile, path,
                     u"\"%1\" is missing; %2 lists it."_s.arg(shown(path), shown(manifest.name)));
}

void Verification::checkListed(const Manifest &manifest)
{
    for (auto it = manifest.digests.cbegin(); it != manifest.digests.cend(); ++it)
        reportMissing(it.key(), manifest);
}

void Verification::checkCompleteness()
{
    for (const Manifest &manifest : std::as_const(m_payloadManifests))
        checkListed(manifest);
    for (const Manifest &manifest : std::as_const(m_tagManifests))
        checkListed(manifest);

    const bool everyManifest = m_declaration.version >= Version{1, 0}; // before 1.0 one of them was enough
    for (auto it = m_inventory.files.cbegin(); it != m_inventory.files.cend(); ++it) {
        const QByteArray &path = it.key();
        const bool isPayload = path.startsWith("data/");
        if (path.startsWith("tagmanifest-") || path == "fetch.txt" || // fetch.txt goes when it has been fetched
            (!isPayload && m_options.allowUnlistedTagFiles))
            continue;
        const QList<Manifest> &manifests = isPayload ? m_payloadManifests : m_tagManifests;
        QByteArrayList without;
        for (const Manifest &manifest : manifests) {
            if (!manifest.digests.contains(path))
                without.append(manifest.name);
        }
        if (!without.isEmpty() && (everyManifest || without.size() == manifests.size()))
            m_report.add(FaultKind::UnlistedFile, path,
                         u"\"%1\" is not listed in %2."_s.arg(shown(path), shown(without.join(" or "))));
    }
}

bool Verification::checkFile(const QByteArray &path, qsizetype index)
{
    const bool isPayload = path.startsWith("data/");
    const QList<Manifest> &manifests = isPayload ? m_payloadManifests : m_tagManifests;
    std::vector<Digester> digesters;
    std::vector<const Manifest *> listing;
    for (const Manifest &manifest : manifests) {
        if (!manifest.digests.contains(path))
            continue;
        digesters.emplace_back(manifest.algorithm);
        listing.push_back(&manifest);
    }
    if (listing.empty() && !isPayload)
        return true;

    const auto size = m_reader.read(path, index, [&](QByteArrayView piece) {
        for (Digester &digester : digesters)
            digester.add(piece);
        return true;
    });
    if (!size)
        return false;
    if (isPayload)
        m_report.countPayload(*size);
    for (std::size_t i = 0; i < listing.size(); ++i) {
        if (digesters[i].hex() != listing[i]->digests.value(path))
            m_report.add(FaultKind::WrongDigest, path,
                         u"\"%1\" does not have the %2 digest that %3 lists: its bytes have changed."_s.arg(
                             shown(path), QString::fromLatin1(nameOf(listing[i]->algorithm)), shown(listing[i]->name)));
    }
    return true;
}

void Verification::checkDigests()
{
    for (auto it = m_inventory.files.cbegin(); it != m_inventory.files.cend(); ++it) {
        const bool wasRead = checkFile(it.key(), it.value());
        m_payloadRead &= wasRead;
        if (m_reader.isExhausted())
            return; // the limit was reached: reading on is what it is there to prevent
    }
}

void Verification::checkOxum()
{
    const auto text = tagText("bag-info.txt");
    const auto oxum = text ? parseOxum(*text, m_report) : std::nullopt;
    if (!oxum || !m_payloadRead)
        return;
    if (oxum->bytes != m_report.payloadBytes() || oxum->files != m_report.payloadFiles())
        m_report.add(FaultKind::WrongOxum, "bag-info.txt",
                     u"Payload-Oxum counts %1 bytes in %2 files; there are %3 bytes in %4 files."_s.arg(oxum->bytes)
                         .arg(oxum->files)
                         .arg(m_report.payloadBytes())
                         .arg(m_report.payloadFiles()));
}

Report unreadable(const Error &error)
{
    Report report;
    report.add(FaultKind::Unreadable, {}, error.message());
    return report;
}

} // namespace

Report verifyTree(FileTree &tree, bool inTopFolder, const VerifyOptions &options)
{
    return Verification(tree, options).run(inTopFolder);
}

Report verify(const QString &path, const VerifyOptions &options)
{
    if (QFileInfo(path).isDir()) {
        DirectoryTree tree(path);
        return verifyTree(tree, false, options);
    }
    auto tree = ZipTree::open(path);
    if (!tree)
        return unreadable(tree.error());
    Report report = verifyTree(**tree, true, options);
    checkSeal(path, report);
    return report;
}

Report verifyZip(const QByteArray &bytes, const QString &path, const VerifyOptions &options)
{
    auto tree = ZipTree::openBytes(bytes, path);
    if (!tree)
        return unreadable(tree.error());
    Report report = verifyTree(**tree, true, options);
    checkSealOf(bytes, report);
    return report;
}

} // namespace quoin::bagit
