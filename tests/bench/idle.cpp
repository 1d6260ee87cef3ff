// SPDX-License-Identifier: GPL-3.0-only
// bench_idle PORT COUNT: opens COUNT connections, lets each be served once, says "idle", and keeps
// them until its input ends.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

bool openOne(in_port_t port)
{
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = port;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (descriptor < 0 || ::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return false;
    static constexpr char request[] = "GET /healthz HTTP/1.1\r\nHost: idle\r\n\r\n";
    char answer[4096];
    return ::send(descriptor, request, sizeof request - 1, 0) > 0 && ::recv(descriptor, answer, sizeof answer, 0) > 12
        && std::memcmp(answer, "HTTP/1.1 200", 12) == 0;
}

} // namespace

int main(int argc, char **argv)
{
    const int count = argc == 3 ? std::atoi(argv[2]) : 0;
    const in_port_t port = argc == 3 ? htons(static_cast<in_port_t>(std::atoi(argv[1]))) : 0;
    for (int i = 0; i < count; ++i) {
        if (!openOne(port)) {
            std::fprintf(stderr, "bench_idle: connection %d of %d was not served: ", i + 1, count);
            std::perror(nullptr);
            return 1;
        }
    }
    std::puts("idle");
    std::fflush(stdout);
    while (std::getchar() != EOF) { }
    return 0;
}
