// SPDX-License-Identifier: MIT
// A server that this process starts, and measures from outside.
#pragma once

#include <sys/types.h>

namespace serving {

class Server {
public:
    // Runs the words as a program, whose first line of output is the port that it listens on.
    explicit Server(char** words);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    [[nodiscard]] int port() const { return port_; }

    // Of all its threads, user and system.
    [[nodiscard]] double cpu_seconds() const;

    // What its allocator took from the system and it touched; without the files that it maps.
    [[nodiscard]] double memory_bytes() const;

private:
    pid_t pid_ = -1;
    int port_ = 0;
};

} // namespace serving
