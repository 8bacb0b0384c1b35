// SPDX-License-Identifier: MIT
#include "bench/serving/server.hpp"

#include "bench/serving/tcp.hpp"

#include <array>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace serving {

namespace {

[[noreturn]] void become(char** words, int output)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); // it ends with us, whatever ends us
    dup2(output, STDOUT_FILENO);
    execvp(words[0], words);
    require(false, words[0]);
    std::abort();
}

} // namespace

Server::Server(char** words)
{
    std::array<int, 2> output{};
    require(pipe2(output.data(), O_CLOEXEC) == 0, "pipe");
    pid_ = fork();
    require(pid_ >= 0, "fork");
    if (pid_ == 0) {
        become(words, output[1]);
    }
    close(output[1]);
    FILE* lines = fdopen(output[0], "r");
    require(std::fscanf(lines, "%d", &port_) == 1, "the server tells no port");
    std::fclose(lines);
}

Server::~Server()
{
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

double Server::cpu_seconds() const
{
    clockid_t clock = 0;
    timespec spent{};
    require(clock_getcpuclockid(pid_, &clock) == 0 && clock_gettime(clock, &spent) == 0, "the clock of the server");
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

double Server::memory_bytes() const
{
    FILE* rollup = std::fopen(("/proc/" + std::to_string(pid_) + "/smaps_rollup").c_str(), "r");
    require(rollup != nullptr, "smaps_rollup");
    std::array<char, 256> line{};
    double kib = -1;
    while (kib < 0 && std::fgets(line.data(), line.size(), rollup) != nullptr) {
        std::sscanf(line.data(), "Anonymous: %lf kB", &kib);
    }
    std::fclose(rollup);
    require(kib >= 0, "the line Anonymous of smaps_rollup");
    return kib * 1024;
}

} // namespace serving
