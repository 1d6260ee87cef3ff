// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/confinement.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace quoin::plugins {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool isSanitized = true;
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool isSanitized = true;
#    else
constexpr bool isSanitized = false;
#    endif
#else
constexpr bool isSanitized = false;
#endif

constexpr rlim_t megabyte = 1024 * 1024;

void limit(__rlimit_resource resource, rlim_t soft, rlim_t hard)
{
    struct rlimit now = {};
    if (::getrlimit(resource, &now) != 0)
        return;
    // Never above what there is: only root could, and a limit that was set outside is meant.
    const struct rlimit wanted = {soft < now.rlim_max ? soft : now.rlim_max, hard < now.rlim_max ? hard : now.rlim_max};
    ::setrlimit(resource, &wanted);
}

/// A new user namespace comes with every capability inside of it, for which there is no use here.
void dropCapabilities()
{
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    ::syscall(SYS_capset, &header, none);
}

/// user_namespaces(7): an own user namespace is what allows an own, and empty, network. Distributions and container
/// runtimes may forbid it.
bool leaveNetwork()
{
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) == 0) {
        dropCapabilities();
        return true;
    }
    return ::geteuid() == 0 && ::unshare(CLONE_NEWNET | CLONE_NEWIPC) == 0;
}

} // namespace

void confineThisProcess()
{
    const pid_t parent = ::getppid();
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const bool isApart = leaveNetwork();
    // After the namespace: a change of credentials forgets it (prctl(2)).
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != parent)
        ::_exit(1);

    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_CPU, 5, 6);
    limit(RLIMIT_FSIZE, megabyte, megabyte);
    limit(RLIMIT_NOFILE, 256, 256);
    if (!isSanitized)
        limit(RLIMIT_AS, 4096 * megabyte, 4096 * megabyte);
    // Outside of a namespace the limit counts what the whole user runs, and would depend on that.
    if (isApart)
        limit(RLIMIT_NPROC, 64, 64);
}

} // namespace quoin::plugins
