// SPDX-License-Identifier: GPL-3.0-only
#include "ui/contentview.h"

#include "ui/emptystate.h"
#include "ui/pagedmodel.h"
#include "ui/problemview.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

ContentView::ContentView(QWidget *content, EmptyState *empty, QWidget *parent)
    : QStackedWidget(parent)
    , m_content(content)
    , m_empty(empty)
    , m_problem(new ProblemView(this))
    , m_nothing(new QWidget(this))
    , m_loading(new EmptyState(u"clock"_s, tr("Waiting for the server"),
                               tr("It takes a while to answer. Nothing is wrong so far."), this))
{
    for (QWidget *widget : {m_nothing, m_content, static_cast<QWidget *>(m_empty), static_cast<QWidget *>(m_problem),
                            static_cast<QWidget *>(m_loading)})
        addWidget(widget);
    m_patience.setSingleShot(true);
    m_patience.setInterval(700ms);
    connect(&m_patience, &QTimer::timeout, this, [this] { setCurrentWidget(m_loading); });
    connect(m_problem, &ProblemView::retryRequested, this, &ContentView::retryRequested);
}

ContentView::ContentView(QWidget *content, PagedModel *model, EmptyState *empty, EmptyState *filtered, QWidget *parent)
    : ContentView(content, empty, parent)
{
    m_model = model;
    m_filtered = filtered;
    if (filtered)
        addWidget(filtered);
    connect(model, &PagedModel::stateChanged, this, &ContentView::follow);
    connect(m_problem, &ProblemView::retryRequested, model, &PagedModel::refresh);
    follow();
}

void ContentView::showContent()
{
    m_patience.stop();
    setCurrentWidget(m_content);
}

void ContentView::showEmpty()
{
    m_patience.stop();
    setCurrentWidget(m_empty);
}

void ContentView::showLoading()
{
    if (currentWidget() == m_loading || m_patience.isActive())
        return;
    setCurrentWidget(m_nothing);
    m_patience.start();
}

void ContentView::showProblem(const Problem &problem)
{
    m_patience.stop();
    m_problem->setProblem(problem);
    setCurrentWidget(m_problem);
}

void ContentView::follow()
{
    if (m_model->rowCount() > 0) {
        showContent();
    } else if (m_model->problem()) {
        showProblem(m_model->problem());
    } else if (!m_model->isLoaded()) {
        showLoading();
    } else if (m_filtered && !m_model->filter().isEmpty()) {
        m_patience.stop();
        setCurrentWidget(m_filtered);
    } else {
        showEmpty();
    }
}

} // namespace admin
