// SPDX-License-Identifier: GPL-3.0-only
#include "ui/confirm.h"

#include "ui/iconlabel.h"

#include <QDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QLabel *labelOf(const QString &text, const QString &role, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setProperty("role", role);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setMinimumWidth(380);
    return label;
}

QHBoxLayout *buttonsOf(QDialog *dialog, const Question &question)
{
    auto *cancel = new QPushButton(QDialog::tr("Cancel"), dialog);
    auto *action = new QPushButton(question.action, dialog);
    action->setObjectName(u"confirmAction"_s);
    cancel->setAutoDefault(false);
    action->setAutoDefault(false);
    if (question.isDestructive)
        action->setProperty("role", u"danger"_s);
    else
        action->setDefault(true);
    QObject::connect(cancel, &QPushButton::clicked, dialog, &QDialog::reject);
    QObject::connect(action, &QPushButton::clicked, dialog, &QDialog::accept);
    (question.isDestructive ? cancel : action)->setFocus();
    auto *line = new QHBoxLayout;
    line->addStretch();
    line->addWidget(cancel);
    line->addWidget(action);
    return line;
}

} // namespace

QDialog *confirm(QWidget *parent, const Question &question, const std::function<void()> &yes)
{
    auto *dialog = new QDialog(parent);
    dialog->setObjectName(u"confirm"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(question.title);
    auto *icon = new IconLabel(u"warning"_s, 28, dialog);
    icon->set(question.isDestructive ? u"warning"_s : u"help"_s, question.isDestructive ? Tone::Warning : Tone::Info);
    auto *words = new QVBoxLayout;
    words->setSpacing(8);
    words->addWidget(labelOf(question.title, u"heading"_s, dialog));
    words->addWidget(labelOf(question.sentence, u"muted"_s, dialog));
    if (!question.detail.isEmpty()) {
        auto *detail = new QPlainTextEdit(question.detail, dialog);
        detail->setReadOnly(true);
        detail->setAccessibleName(QDialog::tr("What is affected"));
        detail->setMaximumHeight(140);
        words->addWidget(detail);
    }
    auto *upper = new QHBoxLayout;
    upper->setSpacing(16);
    upper->addWidget(icon, 0, Qt::AlignTop);
    upper->addLayout(words, 1);
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(24, 24, 24, 20);
    layout->setSpacing(20);
    layout->addLayout(upper);
    layout->addLayout(buttonsOf(dialog, question));
    QObject::connect(dialog, &QDialog::accepted, parent, yes);
    dialog->open();
    return dialog;
}

} // namespace admin
