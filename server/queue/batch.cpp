// SPDX-License-Identifier: GPL-3.0-only
#include "queue/batch.h"

#include <exception>

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

/// What the handler tells of the runs it was given. The first word on a run counts.
class Outcomes final : public abi::BatchOutcomes
{
public:
    explicit Outcomes(qsizetype runs)
        : m_told(runs, false)
        , m_errors(runs)
    {
    }
    virtual ~Outcomes() = default;

    void succeed(int index) override { tell(index, std::nullopt); }
    void fail(int index, const Error &error) override { tell(index, error); }

    /// Of every run nothing was told of.
    void failOthers(const Error &error)
    {
        for (int i = 0; i < m_told.size(); ++i)
            fail(i, error);
    }
    const std::optional<Error> &at(qsizetype index) const { return m_errors.at(index); }

private:
    void tell(int index, const std::optional<Error> &error)
    {
        if (index < 0 || index >= m_told.size() || m_told.at(index))
            return;
        m_told[index] = true;
        m_errors[index] = error;
    }

    QList<bool> m_told;
    QList<std::optional<Error>> m_errors;
};

void call(abi::BatchTaskHandler &handler, const QList<const abi::TaskRun *> &runs, Outcomes &outcomes)
{
    try {
        handler.run(runs, &outcomes);
        outcomes.failOthers(Error::internal(u"the batch ended without telling the outcome of this run"_s));
    } catch (const std::exception &exception) {
        outcomes.failOthers(Error::internal(u"exception: %1"_s.arg(QString::fromUtf8(exception.what()))));
    } catch (...) {
        outcomes.failOthers(Error::internal(u"an exception of an unknown type"_s));
    }
}

} // namespace

QList<std::optional<Error>> callBatch(const QList<std::shared_ptr<Run>> &runs)
{
    QList<std::optional<Error>> errors(runs.size());
    QList<const abi::TaskRun *> readable;
    QList<qsizetype> places;
    for (qsizetype i = 0; i < runs.size(); ++i) {
        if (const auto read = runs[i]->readArguments(); !read) {
            errors[i] = read.error();
        } else {
            readable += runs[i].get();
            places += i;
        }
    }
    if (readable.isEmpty())
        return errors;
    Outcomes outcomes(readable.size());
    call(*runs.first()->kind().batch, readable, outcomes);
    for (qsizetype i = 0; i < places.size(); ++i)
        errors[places[i]] = outcomes.at(i);
    return errors;
}

} // namespace quoin::queue
