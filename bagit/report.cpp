// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/report.h"

namespace quoin::bagit {

using namespace Qt::StringLiterals;

QString nameOf(FaultKind kind)
{
    switch (kind) {
    case FaultKind::Unreadable:
        return u"unreadable"_s;
    case FaultKind::LimitExceeded:
        return u"limit-exceeded"_s;
    case FaultKind::TopFolder:
        return u"top-folder"_s;
    case FaultKind::UnsafePath:
        return u"unsafe-path"_s;
    case FaultKind::NotAFile:
        return u"not-a-file"_s;
    case FaultKind::DuplicateEntry:
        return u"duplicate-entry"_s;
    case FaultKind::BadDeclaration:
        return u"bad-declaration"_s;
    case FaultKind::BadManifest:
        return u"bad-manifest"_s;
    case FaultKind::MissingFile:
        return u"missing-file"_s;
    case FaultKind::UnlistedFile:
        return u"unlisted-file"_s;
    case FaultKind::WrongDigest:
        return u"wrong-digest"_s;
    case FaultKind::WrongOxum:
        return u"wrong-oxum"_s;
    case FaultKind::BrokenSeal:
        return u"broken-seal"_s;
    case FaultKind::ToBeFetched:
        return u"to-be-fetched"_s;
    }
    Q_UNREACHABLE();
}

QString shown(const QByteArray &path)
{
    QString text;
    for (const QChar c : QString::fromUtf8(path)) {
        if (c.isPrint() || c.isSurrogate())
            text += c;
        else
            text += u"\\x%1"_s.arg(uint(c.unicode()), 2, 16, QChar(u'0'));
    }
    return text;
}

void Report::add(FaultKind kind, const QByteArray &path, const QString &sentence)
{
    if (m_faults.size() < maximumFaults)
        m_faults.append({kind, shown(path), sentence});
    else
        ++m_furtherFaults;
}

void Report::countPayload(qint64 bytes)
{
    ++m_payloadFiles;
    m_payloadBytes += bytes;
}

QString Report::summary() const
{
    QStringList sentences;
    for (const Fault &fault : m_faults)
        sentences.append(fault.sentence);
    if (m_furtherFaults > 0)
        sentences.append(u"and %1 further faults"_s.arg(m_furtherFaults));
    return sentences.join(u"; "_s);
}

} // namespace quoin::bagit
