// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QModelIndex>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QStackedWidget;
class QTreeView;

namespace admin {

class JsonHighlighter;
class JsonTree;

/// A record's data, as tree or as text, with a search in the text. Of a large one the text shows the beginning.
class JsonView : public QWidget
{
    Q_OBJECT

public:
    enum class Mode { Tree, Text };

    explicit JsonView(QWidget *parent = nullptr);

    /// `isJson` false: it is shown as the text it is.
    void setData(const QByteArray &bytes, bool isJson = true);
    const QByteArray &json() const { return m_data; }
    void setMode(Mode mode);
    Mode mode() const;
    /// Into the search field; the text is shown.
    void startSearch();
    /// What is chosen in the tree, or all of it.
    QByteArray chosenText() const;

    /// Characters of the text that are shown at most.
    static constexpr qsizetype mostShown = 256 * 1024;

Q_SIGNALS:
    void saveRequested();
    void modeChanged();

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *buildSearch();
    void buildTree();
    void showText();
    void showTreeMenu(const QPoint &at);
    void openFirstLevel();
    void search();
    void step(bool forward);
    void mark();

    QByteArray m_data;
    bool m_isJson = true, m_isTextStale = true;
    int m_era = 0;
    JsonTree *m_tree;
    QTreeView *m_treeView;
    QPlainTextEdit *m_text;
    JsonHighlighter *m_highlighter;
    QStackedWidget *m_stack;
    QWidget *m_cut;
    QLabel *m_cutText, *m_found;
    QLineEdit *m_search;
    QList<std::pair<int, int>> m_matches; ///< place and length
    qsizetype m_match = -1;
};

} // namespace admin
