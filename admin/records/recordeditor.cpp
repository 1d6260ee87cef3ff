// SPDX-License-Identifier: GPL-3.0-only
#include "records/recordeditor.h"

#include "records/background.h"
#include "records/jsonformat.h"
#include "records/jsonhighlighter.h"
#include "records/replacing.h"
#include "ui/colors.h"
#include "ui/confirm.h"
#include "ui/times.h"

#include <QEvent>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QStyle>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

void setRole(QLabel *label, const QString &role)
{
    label->setProperty("role", role);
    label->style()->unpolish(label);
    label->style()->polish(label);
}

} // namespace

RecordEditor::RecordEditor(Session *session, const QString &title, const QString &text, QWidget *parent)
    : QDialog(parent)
    , m_session(session)
    , m_edit(new QPlainTextEdit(this))
    , m_highlighter(new JsonHighlighter(m_edit->document()))
    , m_status(new QLabel(this))
    , m_store(new QPushButton(tr("Store"), this))
    , m_initial(text)
{
    setObjectName(u"recordEditor"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    resize(720, 560);
    m_soon.setSingleShot(true);
    m_soon.setInterval(120ms);
    connect(&m_soon, &QTimer::timeout, this, &RecordEditor::check);
    build(title);
    m_edit->setPlainText(text);
    connect(m_edit, &QPlainTextEdit::textChanged, this, &RecordEditor::textChanged);
    m_edit->setFocus();
    check();
}

void RecordEditor::build(const QString &title)
{
    auto *heading = new QLabel(title, this);
    heading->setProperty("role", u"heading"_s);
    auto *hint = new QLabel(tr("Any JSON value. It is stored as it is written here, numbers and order too."), this);
    hint->setProperty("role", u"muted"_s);
    m_edit->setAccessibleName(tr("JSON of the record"));
    m_edit->setPlaceholderText(u"{\n  \"title\": \"\"\n}"_s);
    m_edit->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_edit->setTabStopDistance(m_edit->fontMetrics().horizontalAdvance(u' ') * 2);
    m_edit->setTabChangesFocus(true);
    m_highlighter->setColors(Colors::of(palette()));
    m_status->setWordWrap(true);
    m_status->setTextFormat(Qt::PlainText);
    m_status->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto *beautify = new QPushButton(tr("Tidy up"), this);
    beautify->setToolTip(tr("Each member on a line of its own"));
    beautify->setAutoDefault(false);
    auto *fault = new QPushButton(tr("Go to fault"), this);
    fault->setObjectName(u"goToFault"_s);
    fault->setAutoDefault(false);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    cancel->setAutoDefault(false);
    m_store->setDefault(true);
    m_store->setToolTip(tr("Store this record (Ctrl+Return)"));
    connect(beautify, &QPushButton::clicked, this, &RecordEditor::beautify);
    connect(fault, &QPushButton::clicked, this, &RecordEditor::goToFault);
    connect(cancel, &QPushButton::clicked, this, &RecordEditor::reject);
    connect(m_store, &QPushButton::clicked, this, &RecordEditor::store);
    for (const auto key : {Qt::Key_Return, Qt::Key_Enter})
        connect(new QShortcut(QKeySequence(Qt::CTRL | key), this), &QShortcut::activated, this, &RecordEditor::store);

    auto *buttons = new QHBoxLayout;
    buttons->addWidget(beautify);
    buttons->addWidget(fault);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_store);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 18, 20, 18);
    layout->setSpacing(10);
    layout->addWidget(heading);
    layout->addWidget(hint);
    layout->addWidget(m_edit, 1);
    layout->addWidget(m_status);
    layout->addLayout(buttons);
}

QString RecordEditor::text() const { return m_edit->toPlainText(); }

QString RecordEditor::faultText() const { return m_fault; }

void RecordEditor::textChanged()
{
    m_isChecked = false;
    ++m_era;
    m_soon.start();
}

void RecordEditor::check()
{
    const QByteArray bytes = text().toUtf8();
    if (bytes.size() < 64 * 1024) {
        showFault(bytes, checkJson(bytes));
        return;
    }
    inBackground(
        this, [bytes] { return checkJson(bytes); },
        [this, bytes, era = m_era](const JsonFault &fault) {
            if (era == m_era)
                showFault(bytes, fault);
        });
}

void RecordEditor::showFault(const QByteArray &text, const JsonFault &fault)
{
    m_isChecked = true;
    QList<QTextEdit::ExtraSelection> marks;
    m_faultPosition = -1;
    m_fault.clear();
    if (fault) {
        const TextPlace place = placeOf(text, fault.offset);
        m_fault = text.trimmed().isEmpty()
            ? tr("Write a record")
            : tr("Line %1, column %2: %3").arg(place.line).arg(place.column).arg(fault.message);
        m_faultPosition = static_cast<int>(QString::fromUtf8(text.first(fault.offset)).size());
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(m_edit->document());
        mark.cursor.setPosition(std::min(m_faultPosition, std::max(0, m_edit->document()->characterCount() - 1)));
        if (!mark.cursor.movePosition(QTextCursor::NextCharacter, QTextCursor::KeepAnchor))
            mark.cursor.movePosition(QTextCursor::PreviousCharacter, QTextCursor::KeepAnchor);
        mark.format.setBackground(Colors::of(palette()).badSoft);
        mark.format.setUnderlineColor(Colors::of(palette()).bad);
        mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        marks << mark;
    }
    m_edit->setExtraSelections(text.trimmed().isEmpty() ? QList<QTextEdit::ExtraSelection>() : marks);
    setRole(m_status, !fault ? u"good"_s : text.trimmed().isEmpty() ? u"muted"_s : u"bad"_s);
    m_status->setText(fault ? m_fault : tr("Valid JSON, %1").arg(sizeText(text.size())));
    findChild<QPushButton *>(u"goToFault"_s)->setVisible(fault && !text.trimmed().isEmpty());
    m_store->setEnabled(!fault && !m_reply);
    if (std::exchange(m_storesWhenChecked, false))
        store();
}

void RecordEditor::goToFault()
{
    if (m_faultPosition < 0)
        return;
    QTextCursor cursor(m_edit->document());
    cursor.setPosition(std::min(m_faultPosition, m_edit->document()->characterCount() - 1));
    m_edit->setTextCursor(cursor);
    m_edit->setFocus();
}

// As an edit that can be undone.
void RecordEditor::beautify()
{
    const QByteArray bytes = text().toUtf8();
    if (checkJson(bytes)) {
        check();
        goToFault();
        return;
    }
    QTextCursor cursor(m_edit->document());
    cursor.select(QTextCursor::Document);
    cursor.insertText(formatJson(bytes, 64 * largest).text);
}

void RecordEditor::store()
{
    if (m_reply || !m_session)
        return;
    if (!m_isChecked) { // typed a moment ago
        m_storesWhenChecked = true;
        return;
    }
    if (!m_fault.isEmpty()) {
        goToFault();
        return;
    }
    m_store->setEnabled(false);
    m_edit->setReadOnly(true);
    setRole(m_status, u"muted"_s);
    m_status->setText(tr("Storing…"));
    const QByteArray body = text().toUtf8();
    m_reply = m_replaced == 0 ? m_session->api().post(u"/record"_s, {}, body, this)
                              : m_session->api().send(replacing(m_replaced, m_initial.toUtf8(), body), this);
    m_reply->then(this, [this](const ApiReply &reply) { take(reply); });
}

void RecordEditor::take(const ApiReply &reply)
{
    m_reply = nullptr;
    m_edit->setReadOnly(false);
    m_store->setEnabled(true);
    if (!reply.isOk()) {
        setRole(m_status, u"bad"_s);
        m_status->setText(reply.problem().status == 412
                              ? tr("Somebody changed or removed this record while you were editing it. Nothing was "
                                   "stored: copy what you wrote, close this, and edit the record as it is now.")
                              : reply.problem().sentence());
        return;
    }
    const QByteArray location = reply.header("Location");
    const qint64 id = m_replaced > 0 ? m_replaced
        : location.isEmpty()         ? reply.object()[u"id"_s].toInteger()
                                     : location.sliced(location.lastIndexOf('/') + 1).toLongLong();
    Q_EMIT stored(id);
    accept();
}

void RecordEditor::reject()
{
    if (text() == m_initial || text().trimmed().isEmpty()) {
        QDialog::reject();
        return;
    }
    confirm(this,
            {.title = tr("Discard this record?"), .sentence = tr("It was not stored yet."), .action = tr("Discard")},
            [this] { QDialog::reject(); });
}

void RecordEditor::changeEvent(QEvent *event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_highlighter)
        m_highlighter->setColors(Colors::of(palette()));
}

} // namespace admin
