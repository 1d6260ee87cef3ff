// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/page.h"

class QSplitter;

namespace admin {

class EmptyState;
class MessageStrip;
class PackageDetail;
class PackageFilterBar;
class PackageSaver;
class PackageVerifier;
class PagedModel;
class PageHeader;
class ProgressStrip;
class TableView;

/// The packages that records were archived into: how each stands, a look inside, verify now, save.
class PackagesPage : public Page
{
    Q_OBJECT

public:
    explicit PackagesPage(QWidget *parent = nullptr);

    QString id() const override;
    QString title() const override;
    QString iconName() const override;
    bool isOffered(const Endpoints &endpoints) const override;
    void setSession(Session *session) override;
    QList<Command *> commands() const override;
    bool isReady() const override;
    void activated() override;
    void deactivated() override;
    /// {"id": package}, {"record": 17}, {"state": "fault"}.
    void open(const QJsonObject &what) override;

    /// Without asking where to: what "Save as" does once a place was chosen.
    void saveTo(const QJsonObject &package, const QString &path);

private:
    void build();
    void buildCommands();
    Command *make(const QString &commandId, const QString &text, const QString &icon, const QString &help);
    QWidget *buildTable();
    void connectWork();
    void applyFilter();
    void selectionChanged();
    void updateCommands();
    void updateSubtitle();
    void showOne(const QJsonObject &package);
    void closeDetail();
    QList<QJsonObject> selected() const;
    void verifySelected();
    void verifyEnded(const Problem &problem);
    void saveSelected();

    QPointer<Session> m_session;
    PageHeader *m_header;
    PagedModel *m_model;
    PackageFilterBar *m_filter;
    PackageDetail *m_detail;
    MessageStrip *m_message;
    ProgressStrip *m_verifying, *m_saving;
    PackageVerifier *m_verifier;
    PackageSaver *m_saver;
    TableView *m_table = nullptr;
    EmptyState *m_filtered = nullptr;
    QSplitter *m_splitter = nullptr;
    Command *m_verify = nullptr, *m_save = nullptr, *m_look = nullptr, *m_record = nullptr, *m_copy = nullptr;
    Command *m_find = nullptr, *m_records = nullptr;
    qint64 m_wanted = 0; ///< shown as soon as its row is there
    bool m_isActive = false, m_detailWanted = true;
};

} // namespace admin
