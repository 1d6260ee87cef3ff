// SPDX-License-Identifier: GPL-3.0-only
#include "records/columnchooser.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace admin {

ColumnChooser::ColumnChooser(const QList<JsonPath> &chosen, const QStringList &names, QWidget *parent)
    : QDialog(parent)
    , m_list(new QListWidget(this))
    , m_path(new QLineEdit(this))
    , m_hint(new QLabel(this))
{
    setObjectName(u"columnChooser"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Columns"));
    resize(420, 520);
    auto *heading = new QLabel(tr("Columns"), this);
    heading->setProperty("role", u"heading"_s);
    m_hint->setText(tr("Values of the records that the table shows. Drag them into order."));
    m_hint->setProperty("role", u"muted"_s);
    m_hint->setWordWrap(true);
    m_list->setAccessibleName(tr("Values that may be columns"));
    m_list->setDragDropMode(QAbstractItemView::InternalMove);
    m_path->setPlaceholderText(tr("Another one: author.name, files[0].size"));
    m_path->setAccessibleName(tr("Path of another value"));
    for (const JsonPath &path : chosen)
        add(path, true);
    for (const QString &name : names) {
        if (const JsonPath path = JsonPath::ofName(name); !chosen.contains(path))
            add(path, false);
    }
    auto *addButton = new QPushButton(tr("Add"), this);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    auto *done = new QPushButton(tr("Show columns"), this);
    addButton->setAutoDefault(false);
    cancel->setAutoDefault(false);
    done->setDefault(true);
    connect(addButton, &QPushButton::clicked, this, &ColumnChooser::addWritten);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(done, &QPushButton::clicked, this, &ColumnChooser::finish);

    auto *line = new QHBoxLayout;
    line->addWidget(m_path, 1);
    line->addWidget(addButton);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(done);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 18, 20, 18);
    layout->setSpacing(10);
    layout->addWidget(heading);
    layout->addWidget(m_hint);
    layout->addWidget(m_list, 1);
    layout->addLayout(line);
    layout->addLayout(buttons);
}

void ColumnChooser::add(const JsonPath &path, bool isChosen)
{
    auto *item = new QListWidgetItem(path.text(), m_list);
    item->setFlags((item->flags() | Qt::ItemIsUserCheckable) & ~Qt::ItemIsDropEnabled);
    item->setCheckState(isChosen ? Qt::Checked : Qt::Unchecked);
}

void ColumnChooser::addWritten()
{
    const auto path = JsonPath::parse(m_path->text());
    if (!path) {
        m_hint->setText(tr("“%1” is not a path. Write names with dots between, places in lists in brackets: "
                           "author.name, files[0].size")
                            .arg(m_path->text()));
        m_path->setFocus();
        return;
    }
    const auto same = m_list->findItems(path->text(), Qt::MatchExactly | Qt::MatchCaseSensitive);
    if (same.isEmpty())
        add(*path, true);
    else
        same.first()->setCheckState(Qt::Checked);
    m_path->clear();
}

QList<JsonPath> ColumnChooser::paths() const
{
    QList<JsonPath> paths;
    for (int row = 0; row < m_list->count() && paths.size() < mostColumns; ++row) {
        const auto path = JsonPath::parse(m_list->item(row)->text());
        if (m_list->item(row)->checkState() == Qt::Checked && path)
            paths << *path;
    }
    return paths;
}

// Return in the field adds what is written there.
void ColumnChooser::finish()
{
    if (!m_path->text().trimmed().isEmpty()) {
        addWritten();
        if (!m_path->text().isEmpty())
            return;
        if (m_path->hasFocus())
            return;
    }
    Q_EMIT pathsChosen(paths());
    accept();
}

} // namespace admin
