// SPDX-License-Identifier: GPL-3.0-only
#include "sipcommand.h"

#include "bagit/verify.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTextStream>

namespace quoin::server {

using namespace Qt::StringLiterals;

namespace {

enum ExitCode { AllGood = 0, SomeBad = 1, NotThere = 2 };

bool isBag(const QString &folder) { return QFile::exists(folder + u"/bagit.txt"_s); }

/// Whether a folder is there to hold packages and not meant to be one itself. A folder with data/ is a bag that lost
/// its bagit.txt.
bool isFolderOfPackages(const QFileInfo &path)
{
    return path.isDir() && !isBag(path.filePath()) && !QFileInfo(path.filePath() + u"/data"_s).isDir();
}

/// The packages of a folder by name. Hidden files are none: they are what is just being written.
QStringList packagesIn(const QString &folder)
{
    QStringList packages;
    const auto entries = QDir(folder).entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    for (const QFileInfo &entry : entries) {
        const bool isZip = entry.isFile() && entry.suffix().compare(QLatin1StringView("zip"), Qt::CaseInsensitive) == 0;
        if (isZip || (entry.isDir() && !entry.isSymLink() && isBag(entry.filePath())))
            packages.append(entry.filePath());
    }
    return packages;
}

QString counted(qint64 count, const QString &what)
{
    return QString::number(count) + u' ' + what + (count == 1 ? QString() : u"s"_s);
}

class Summary
{
public:
    Summary(QTextStream &out, const bagit::VerifyOptions &options)
        : m_out(out)
        , m_options(options)
    {
    }

    void verifyOne(const QString &path)
    {
        const bagit::Report report = bagit::verify(path, m_options);
        (report.isValid() ? m_good : m_bad) += 1;
        if (report.isValid()) {
            m_out << "ok " << path << " (" << counted(report.payloadFiles(), u"file"_s) << ", "
                  << counted(report.payloadBytes(), u"byte"_s) << ')' << Qt::endl;
            return;
        }
        m_out << "BAD " << path << '\n';
        for (const bagit::Fault &fault : report.faults())
            m_out << "    " << nameOf(fault.kind) << ": " << fault.sentence << '\n';
        if (report.furtherFaults() > 0)
            m_out << "    and " << report.furtherFaults() << " more\n";
        m_out.flush(); // line by line: a folder may take hours
    }

    void refuse(const QString &path, const QString &reason)
    {
        ++m_refused;
        m_out << "?? " << path << "\n    " << reason << Qt::endl;
    }

    int finish()
    {
        m_out << m_good + m_bad << " checked: " << m_good << " ok, " << m_bad << " bad" << Qt::endl;
        return m_refused > 0 ? NotThere : m_bad > 0 ? SomeBad : AllGood;
    }

private:
    QTextStream &m_out;
    const bagit::VerifyOptions m_options;
    int m_good = 0;
    int m_bad = 0;
    int m_refused = 0;
};

} // namespace

int verifyPackages(const QStringList &paths, QTextStream &out, bool allowUnlistedTagFiles)
{
    bagit::VerifyOptions options;
    options.allowUnlistedTagFiles = allowUnlistedTagFiles;
    Summary summary(out, options);
    for (const QString &path : paths) {
        const QFileInfo info(path);
        if (!info.exists()) {
            summary.refuse(path, u"It is not there."_s);
        } else if (!isFolderOfPackages(info)) {
            summary.verifyOne(path);
        } else if (const QStringList packages = packagesIn(path); !packages.isEmpty()) {
            for (const QString &package : packages)
                summary.verifyOne(package);
        } else {
            summary.refuse(path,
                           u"This folder is not a bag and holds no package (a .zip, or a folder with bagit.txt)."_s);
        }
    }
    return summary.finish();
}

} // namespace quoin::server
