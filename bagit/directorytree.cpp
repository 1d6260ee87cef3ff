// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/directorytree.h"

#include "bagit/report.h"

#include <QFile>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

QString systemSentence(int code) { return QString::fromLocal8Bit(std::strerror(code)); }

// Plain descriptors: QFile has no O_NOFOLLOW, and its names lose bytes that are not UTF-8.
class FileContent final : public Content
{
public:
    explicit FileContent(int descriptor)
        : m_descriptor(descriptor)
        , m_buffer(64 * 1024)
    {
    }
    ~FileContent() override { ::close(m_descriptor); }

    Result<QByteArrayView> next() override
    {
        ssize_t count = 0;
        do
            count = ::read(m_descriptor, m_buffer.data(), m_buffer.size());
        while (count < 0 && errno == EINTR);
        if (count < 0)
            return Error::invalid(systemSentence(errno) + u'.');
        return QByteArrayView(m_buffer.data(), count);
    }

private:
    int m_descriptor;
    std::vector<char> m_buffer;
};

EntryKind kindOf(const std::filesystem::directory_entry &entry)
{
    std::error_code ignored;
    switch (entry.symlink_status(ignored).type()) {
    case std::filesystem::file_type::regular:
        return EntryKind::File;
    case std::filesystem::file_type::directory:
        return EntryKind::Directory;
    case std::filesystem::file_type::symlink:
        return EntryKind::Link;
    default:
        return EntryKind::Other;
    }
}

} // namespace

DirectoryTree::DirectoryTree(const QString &path)
    : m_root(QFile::encodeName(path))
{
    while (m_root.size() > 1 && m_root.endsWith('/'))
        m_root.chop(1);
}

Result<QList<Entry>> DirectoryTree::entries(qint64 limit)
{
    m_entries.clear();
    std::error_code error;
    std::filesystem::recursive_directory_iterator it(m_root.constData(), error);
    for (; !error && it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
        if (m_entries.size() >= limit)
            return Error::invalid(u"There are more than %1 files and folders: not read further."_s.arg(limit));
        const QByteArray path = QByteArray::fromStdString(it->path().native());
        m_entries.append({path.sliced(m_root.size() + (m_root.endsWith('/') ? 0 : 1)), kindOf(*it)});
    }
    if (error)
        return Error::invalid(u"%1 cannot be listed: %2."_s.arg(shown(m_root), systemSentence(error.value())));
    return m_entries;
}

Result<std::unique_ptr<Content>> DirectoryTree::open(qsizetype index)
{
    const QByteArray path = m_root + '/' + m_entries[index].path;
    const int descriptor = ::open(path.constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0)
        return Error::invalid(systemSentence(errno) + u'.');
    return std::unique_ptr<Content>(std::make_unique<FileContent>(descriptor));
}

} // namespace quoin::bagit
