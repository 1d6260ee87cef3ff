// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/posixfile.h"
#include "bagit/storefile.h"

#include <vector>

namespace quoin::bagit {

/// The steps of storeFiles(), each for all files that have come so far. Once; one thread.
class FileBatch
{
public:
    /// files is lent.
    FileBatch(const QString &folder, const QList<NewFile> &files);
    /// Removes the temporary files that got no name.
    ~FileBatch();
    Q_DISABLE_COPY_MOVE(FileBatch)

    QList<Result<StoredFile>> store();

private:
    struct Item
    {
        const NewFile *file;
        QString path;         ///< For people; all work is done by names in the open folder.
        QByteArray temporary; ///< Empty: there is none, or no more.
        Descriptor descriptor;
        Result<> state = {};

        /// It was written now, and nothing has failed yet.
        bool isPart() const { return state && !temporary.isEmpty(); }
    };

    Result<> openFolder();
    bool isThere(Item &item) const;
    Result<> write(Item &item) const;
    void syncAndCheck();
    void syncEach();
    static bool syncsAll(int folder);
    void dropFromCache();
    Result<> readBack(Item &item) const;
    Result<> name(Item &item) const;
    void syncFolder();
    void failAll(const Error &error);
    qsizetype partCount() const;

    const QString m_folder;
    Descriptor m_directory;
    std::vector<Item> m_items;
};

} // namespace quoin::bagit
