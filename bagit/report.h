// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace quoin::bagit {

/// What is wrong with a bag.
enum class FaultKind : int {
    Unreadable,     ///< It cannot be read: not there, no permission, not a zip, damaged or cut off.
    LimitExceeded,  ///< More or larger than the limits allow: not read further.
    TopFolder,      ///< A zip does not hold exactly one folder (RFC 8493 §4.2).
    UnsafePath,     ///< A path that would lead out of the bag when unpacked or followed (RFC 8493 §5.1).
    NotAFile,       ///< A symbolic link, a device and the like: a bag holds files and folders.
    DuplicateEntry, ///< One path twice in a zip: which one counts depends on the reader.
    BadDeclaration, ///< bagit.txt is missing or is not what RFC 8493 §2.1.1 says.
    BadManifest,  ///< A manifest is missing, or a line of it is malformed, double or names an algorithm we do not have.
    MissingFile,  ///< Listed in a manifest, not in the bag.
    UnlistedFile, ///< In the bag, not listed in a manifest that has to list it.
    WrongDigest,  ///< The bytes are not those the manifest was made of.
    WrongOxum,    ///< Payload-Oxum does not count what is there (RFC 8493 §2.2.2).
    BrokenSeal,   ///< The zip as a whole has changed since it was made, perhaps only in its own bookkeeping.
    ToBeFetched,  ///< fetch.txt names it and it is not there yet: the bag is incomplete (RFC 8493 §2.2.3).
};

/// The name of a kind, such as "wrong-digest". Stable: for logs and tests.
QString nameOf(FaultKind kind);

struct Fault
{
    FaultKind kind;
    QString path;     ///< Within the bag; empty where the whole is meant.
    QString sentence; ///< Complete, with the path in it where there is one.
};

/// What a verification found. A bag is complete and valid (RFC 8493 §3) if there is no fault.
class Report
{
public:
    bool isValid() const { return m_faults.isEmpty(); }
    const QList<Fault> &faults() const { return m_faults; }

    /// How many faults were found beyond those kept: a list of a million missing files helps nobody.
    qint64 furtherFaults() const { return m_furtherFaults; }

    qint64 payloadFiles() const { return m_payloadFiles; }
    qint64 payloadBytes() const { return m_payloadBytes; }

    /// path as bytes of the bag: what is not UTF-8 or not printable is shown escaped.
    void add(FaultKind kind, const QByteArray &path, const QString &sentence);
    void countPayload(qint64 bytes);

    /// The sentences of the faults, joined by "; ". Empty for a valid bag.
    QString summary() const;

    static constexpr qsizetype maximumFaults = 1000;

private:
    QList<Fault> m_faults;
    qint64 m_furtherFaults = 0;
    qint64 m_payloadFiles = 0;
    qint64 m_payloadBytes = 0;
};

/// A path within a bag for people: control characters escaped, so that a file name cannot forge a line of a report.
QString shown(const QByteArray &path);

} // namespace quoin::bagit
