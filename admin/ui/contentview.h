// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/problem.h"

#include <QStackedWidget>
#include <QTimer>

namespace admin {

class EmptyState;
class PagedModel;
class ProblemView;

/// A table, or in its place why there is nothing to see: it is being fetched, it is empty, nothing matches the filter,
/// or there is a problem. Rows that are there stay while a newer answer fails: the banner tells.
class ContentView : public QStackedWidget
{
    Q_OBJECT

public:
    /// Takes `content` and `empty`. `filtered` is shown instead of `empty` while the model has a filter; may be null.
    ContentView(QWidget *content, PagedModel *model, EmptyState *empty, EmptyState *filtered,
                QWidget *parent = nullptr);
    /// Without a model: the caller tells by the functions below.
    ContentView(QWidget *content, EmptyState *empty, QWidget *parent = nullptr);

    void showContent();
    void showEmpty();
    /// After a short while only, so that nothing flickers.
    void showLoading();
    void showProblem(const Problem &problem);

Q_SIGNALS:
    /// Of a problem; with a model it is done already.
    void retryRequested();

private:
    void follow();

    PagedModel *m_model = nullptr;
    QWidget *m_content;
    EmptyState *m_empty, *m_filtered = nullptr;
    ProblemView *m_problem;
    QWidget *m_nothing;
    EmptyState *m_loading;
    QTimer m_patience;
};

} // namespace admin
