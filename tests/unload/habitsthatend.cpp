// SPDX-License-Identifier: GPL-3.0-only
#include "habitlist.h"

#include <QThreadStorage>
#include <QTimer>

#include <cstdlib>
#include <vector>

using namespace Qt::StringLiterals;

namespace {

Kept *s_kept = nullptr;

struct Settings
{
    QString text = QString::number(4711);
};
Q_GLOBAL_STATIC(Settings, globalSettings)

/// What header libraries do for their registries.
template <class T>
struct Registry
{
    static inline std::vector<T> all;
};

class Filter : public QObject
{
public:
    Filter(QObject *parent, Kept &kept)
        : QObject(parent)
        , m_kept(kept)
    {
    }
    bool eventFilter(QObject *, QEvent *) override
    {
        ++m_kept.ran;
        return false;
    }
    void count() { ++m_kept.ran; }

private:
    Kept &m_kept;
};

void usePatternInside(QObject *, Kept &kept)
{
    static const QRegularExpression pattern(u"^a.*l$"_s);
    kept.ran += pattern.match(u"a literal"_s).hasMatch() ? 0 : 1;
}

void useGlobalStatic(QObject *, Kept &kept) { kept.ran += globalSettings->text.isEmpty() ? 1 : 0; }
void useInlineStatic(QObject *, Kept &) { Registry<QString>::all.push_back(QString::number(4711)); }
void filterEvents(QObject *self, Kept &kept) { kept.object->installEventFilter(new Filter(self, kept)); }

void startTimer(QObject *self, Kept &kept)
{
    auto *timer = new QTimer(self);
    QObject::connect(timer, &QTimer::timeout, [&kept] { ++kept.ran; });
    timer->start(0);
}

void connectItself(QObject *self, Kept &kept)
{
    QObject::connect(kept.object, &QObject::objectNameChanged, new Filter(self, kept), &Filter::count);
}

void storeForThread(QObject *, Kept &kept)
{
    static QThreadStorage<QString *> storage;
    QMetaObject::invokeMethod(
        kept.elsewhere, [] { storage.setLocalData(new QString(QString::number(4711))); }, Qt::BlockingQueuedConnection);
}

/// In a shared library: when that goes, not when the process ends.
void countAtExit(QObject *, Kept &kept)
{
    s_kept = &kept;
    std::atexit([] { ++s_kept->ran; });
}

} // namespace

HabitList habitsThatEnd()
{
    return {
        {"pattern inside", usePatternInside}, {"global static", useGlobalStatic},
        {"inline static", useInlineStatic},   {"event filter", filterEvents},
        {"child timer", startTimer},          {"own connection", connectItself},
        {"thread storage", storeForThread},   {"atexit", countAtExit},
    };
}
