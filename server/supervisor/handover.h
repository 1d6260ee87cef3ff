// SPDX-License-Identifier: GPL-3.0-only
#pragma once

/// What supervisor and worker process have agreed on.
namespace quoin::supervisor {

/// The descriptors a worker process finds open beside the standard three.
namespace inherited {
constexpr int channel = 3; ///< Its end of a Channel.
constexpr int memory = 4;  ///< HostMemory, to be adopted.
constexpr int brief = 5;   ///< What to do: readBrief().
} // namespace inherited

/// The letters of their messages. A payload is a JSON object or empty, unless it says otherwise.
namespace message {
// Supervisor to worker.
constexpr char connection = 'C'; ///< With a descriptor: serve it. Count it in the slot's `taken` before reading from
                                 ///< it. Also worker to supervisor: an idle connection handed back. The payload is
                                 ///< that worker's note to the next, of whatever form; empty: nobody has had it yet.
constexpr char unready = 'U';    ///< Say "not ready" to load balancers; go on serving.
constexpr char drain = 'D';      ///< {"deadline": ms, "handBack": bool}: finish what is under way, then leave.
constexpr char hurry = 'H';      ///< After that: leave now.
constexpr char wake = 'W';       ///< There may be background work. Also worker to supervisor: tell the others.
// Worker to supervisor.
constexpr char ready = 'R';        ///< {report}: give me connections.
constexpr char refused = 'X';      ///< {report}: cannot start; it leaves by itself.
constexpr char replace = 'L';      ///< {"why": text}: start another in my place, then drain me.
constexpr char end = 'S';          ///< {"why": text}: somebody who may asked for all of us to end.
constexpr char replaceOther = 'O'; ///< {"pid": number, "why": text}: as replace, of another worker.
constexpr char again = 'A';        ///< {"why": text}: look at the plugins again, and roll out what is served anew.
} // namespace message

} // namespace quoin::supervisor
