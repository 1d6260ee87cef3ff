// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QSemaphore>

/// Holds a database thread, inside a job, until it is opened.
class Gate
{
public:
    quoin::Result<int> pass()
    {
        m_reached.release();
        m_opened.acquire();
        m_opened.release();
        return 0;
    }
    void waitUntilReached() { m_reached.acquire(); }
    void open() { m_opened.release(); }

private:
    QSemaphore m_reached;
    QSemaphore m_opened;
};
