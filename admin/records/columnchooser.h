// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/jsonpath.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QListWidget;

namespace admin {

/// Which values of the records are columns: those that are, names that were seen, and any path. Deletes itself.
class ColumnChooser : public QDialog
{
    Q_OBJECT

public:
    ColumnChooser(const QList<JsonPath> &chosen, const QStringList &names, QWidget *parent);

    QList<JsonPath> paths() const;
    /// More would be slow to read.
    static constexpr int mostColumns = 12;

Q_SIGNALS:
    void pathsChosen(const QList<admin::JsonPath> &paths);

private:
    void add(const JsonPath &path, bool isChosen);
    void addWritten();
    void finish();

    QListWidget *m_list;
    QLineEdit *m_path;
    QLabel *m_hint;
};

} // namespace admin
