// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/tasks.h>

#include <fcntl.h>
#include <unistd.h>

/// Lines of one write(2) to a file opened with O_APPEND: whole and in order, whatever becomes of the process.
class SharedJournal
{
public:
    explicit SharedJournal(const QString &path)
        : m_file(open(qPrintable(path), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600))
    {
    }
    void note(const char *what, const quoin::TaskRun &run) const
    {
        const QByteArray line = QByteArray(what) + ' ' + QByteArray::number(run.id()) + ' '
            + QByteArray::number(run.attempt()) + '\n';
        if (write(m_file, line.constData(), static_cast<size_t>(line.size())) != line.size())
            qFatal("the journal cannot be written");
    }

private:
    int m_file;
};
