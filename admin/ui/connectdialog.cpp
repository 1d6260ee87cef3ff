// SPDX-License-Identifier: GPL-3.0-only
#include "ui/connectdialog.h"

#include "client/connections.h"
#include "ui/colorrow.h"
#include "ui/icons.h"

#include <QAction>
#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

void mark(QLineEdit *edit, bool isInvalid)
{
    edit->setProperty("invalid", isInvalid);
    edit->style()->unpolish(edit);
    edit->style()->polish(edit);
}

} // namespace

ConnectDialog::ConnectDialog(const Connection &connection, const QString &token, QWidget *parent)
    : QDialog(parent)
    , m_connection(connection)
    , m_name(new QLineEdit(connection.name, this))
    , m_address(new QLineEdit(connection.url.toString(), this))
    , m_token(new QLineEdit(token, this))
    , m_color(new ColorRow(this))
    , m_readOnly(new QCheckBox(tr("Read-only: look, but change nothing"), this))
    , m_words(new QLabel(this))
    , m_connect(new QPushButton(tr("Connect"), this))
{
    setObjectName(u"connectDialog"_s);
    setWindowTitle(connection.id.isEmpty() ? tr("Connect to a server") : tr("Edit connection"));
    m_color->setColor(connection.color);
    m_readOnly->setChecked(connection.isReadOnly);
    build();
    (connection.url.isEmpty() ? m_address : m_token)->setFocus();
}

void ConnectDialog::build()
{
    m_address->setPlaceholderText(u"http://server:5000"_s);
    m_name->setPlaceholderText(tr("The address, if you leave this empty"));
    m_token->setPlaceholderText(u"quoin_…"_s);
    m_token->setEchoMode(QLineEdit::Password);
    auto *reveal = m_token->addAction(themedIcon(u"eye"_s), QLineEdit::TrailingPosition);
    reveal->setCheckable(true);
    reveal->setText(tr("Show the token"));
    reveal->setToolTip(reveal->text());
    connect(reveal, &QAction::toggled, this,
            [this](bool isShown) { m_token->setEchoMode(isShown ? QLineEdit::Normal : QLineEdit::Password); });
    m_address->setMinimumWidth(380);

    auto *form = new QFormLayout;
    form->setVerticalSpacing(12);
    form->setHorizontalSpacing(16);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    form->addRow(tr("&Address"), m_address);
    form->addRow(tr("&Token"), m_token);
    auto *hint = new QLabel(tr("Make one on the server: quoin token create --name me --scope admin"), this);
    hint->setProperty("role", u"caption"_s);
    hint->setTextInteractionFlags(Qt::TextSelectableByMouse);
    form->addRow(QString(), hint);
    form->addRow(tr("&Name"), m_name);
    form->addRow(tr("Colour"), m_color);
    form->addRow(QString(), m_readOnly);

    m_words->setWordWrap(true);
    m_words->setTextFormat(Qt::PlainText);
    m_words->setObjectName(u"connectWords"_s);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    cancel->setAutoDefault(false);
    m_connect->setDefault(true);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_connect, &QPushButton::clicked, this, &ConnectDialog::accept);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_connect);

    auto *title = new QLabel(windowTitle(), this);
    title->setProperty("role", u"title"_s);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(28, 24, 28, 22);
    layout->setSpacing(18);
    layout->addWidget(title);
    layout->addLayout(form);
    layout->addWidget(m_words);
    layout->addLayout(buttons);
    m_words->hide();
}

Connection ConnectDialog::connection() const
{
    Connection connection = m_connection;
    connection.url = Connections::urlOf(m_address->text());
    connection.name = m_name->text().trimmed();
    if (connection.name.isEmpty())
        connection.name = connection.url.authority();
    connection.color = m_color->color();
    connection.isReadOnly = m_readOnly->isChecked();
    return connection;
}

QString ConnectDialog::token() const { return m_token->text().trimmed(); }

void ConnectDialog::accept()
{
    const Connection wanted = connection();
    mark(m_address, !wanted.url.isValid());
    mark(m_token, false);
    if (!wanted.url.isValid()) {
        tell(tr("That is no address. Write it like http://server:5000, without name and password."), true);
        m_address->setFocus();
        return;
    }
    m_connect->setEnabled(false);
    tell(tr("Asking %1…").arg(wanted.url.toDisplayString()), false);
    m_trial = std::make_unique<Api>(wanted.url);
    m_trial->setToken(token());
    m_trial->send({.path = u"/admin/v1"_s, .patience = 10s}, this)->then(this, [this](const ApiReply &reply) {
        take(reply);
    });
}

void ConnectDialog::take(const ApiReply &reply)
{
    m_connect->setEnabled(true);
    Problem problem = reply.problem();
    if (reply.isOk() && !reply.object().contains(u"endpoints"_s))
        problem = Problem::malformed(tr("Something answers there, but it has no /admin/v1"));
    if (!problem) {
        QDialog::accept();
        return;
    }
    const bool isToken = problem.kind == Problem::Kind::Unauthorized || problem.kind == Problem::Kind::Forbidden;
    mark(isToken ? m_token : m_address, true);
    (isToken ? m_token : m_address)->setFocus();
    const bool isPlainRemote = m_trial->baseUrl().scheme() == u"http"_s && !connection().isLoopback();
    tell(problem.sentence()
             + (isToken && isPlainRemote ? u' ' + tr("Mind that http shows tokens to the network.") : QString()),
         true);
}

void ConnectDialog::tell(const QString &sentence, bool isBad)
{
    m_words->setProperty("role", isBad ? u"bad"_s : u"muted"_s);
    m_words->style()->unpolish(m_words);
    m_words->style()->polish(m_words);
    m_words->setText(sentence);
    m_words->show();
}

} // namespace admin
