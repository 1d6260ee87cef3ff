// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QList>
#include <QString>
#include <QWidget>

class QGridLayout;

namespace admin {

/// Names and values in two columns, for the details of one thing. Values can be selected; links work by keyboard too.
class Facts : public QWidget
{
    Q_OBJECT

public:
    struct Fact
    {
        QString name;
        QString value; ///< without one the fact is left out
        QString toolTip = {};
        QString link = {}; ///< if there is one, the value is a link and linkActivated() tells this
        bool isMonospace = false;
        bool operator==(const Fact &) const = default;
    };

    explicit Facts(QWidget *parent = nullptr);

    /// Nothing moves if they are the same as before.
    void set(const QList<Fact> &facts);

Q_SIGNALS:
    void linkActivated(const QString &link);

private:
    QWidget *makeValue(const Fact &fact);

    QGridLayout *m_grid;
    QList<Fact> m_facts;
};

} // namespace admin
