// SPDX-License-Identifier: MIT
// Between an engine and its socket.
#pragma once

#include "core/sys/system.hpp"
#include "core/tls/openssl.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llnet::tls {

// The bytes of one connection on their way. To write never blocks and never fails for the engine: what the socket does
// not take at once waits here, and what is wrong is told when it is flushed. So an engine that only reads never waits
// for room, and no record is left half-written in it.
class Wire {
public:
    // A BIO over it for this engine, which must not outlive it; nullptr if there is no memory.
    BIO* new_bio(const SSL* engine) noexcept;

    // What the engine calls meanwhile goes to this socket.
    void attach(const sys::System& system, int fd) noexcept
    {
        system_ = &system;
        fd_ = fd;
        error_ = 0;
        left_ = SIZE_MAX;
    }

    // Whether the kernel encrypts what is sent, so that it is sent as it is.
    [[nodiscard]] bool is_encrypted_by_kernel() const noexcept { return kernel_encrypts_; }

    // So many bytes of the socket, or a few more, are enough for the call of the engine that comes.
    void limit(std::size_t most) noexcept { left_ = most; }
    [[nodiscard]] bool is_at_limit() const noexcept { return left_ == 0; }

    // Bytes that were received before, for the engine to read first. Throws std::bad_alloc.
    void feed(std::string_view bytes);
    [[nodiscard]] bool has_input() const noexcept { return taken_ < input_.size(); }

    // Forgets all bytes.
    void clear() noexcept;

    // From now on the end of the socket is no failure to the engine: it gets no more.
    void end_input() noexcept { is_input_over_ = true; }

    // What the engine writes waits for a flush, until hold(false): in one packet it costs less than in several.
    void hold(bool holds) noexcept { holds_ = holds; }
    // Whether something waits that nobody has tried to send. What the engine writes joins it.
    [[nodiscard]] bool is_held() const noexcept { return is_held_; }

    // Sends what waits: 0; EAGAIN if the socket takes no more now; or what is wrong.
    int flush() noexcept;
    [[nodiscard]] bool has_output() const noexcept { return !output_.empty(); }

    [[nodiscard]] bool is_at_end() const noexcept { return is_at_end_; } // the peer has closed
    [[nodiscard]] int error() const noexcept { return error_; }          // of the last attempt to read

private:
    static constexpr std::size_t most_output = 1048576; // while the peer reads nothing
    static constexpr unsigned char data = 0;            // as the type of bytes that are sent as they are

    // Bytes that wait to be sent, and of what type the kernel shall make their record.
    struct Part {
        unsigned char type;
        std::string bytes;
    };

    const SSL* engine_ = nullptr;
    const sys::System* system_ = nullptr;
    int fd_ = -1;
    std::string input_;
    std::size_t taken_ = 0;
    std::vector<Part> output_;
    std::size_t sent_ = 0;    // of the first part
    std::size_t waiting_ = 0; // bytes of all parts, with those
    unsigned char next_type_ = data;
    bool holds_ = false;
    bool is_held_ = false;
    bool kernel_encrypts_ = false;
    std::size_t left_ = SIZE_MAX; // of the limit
    bool is_at_end_ = false;
    bool is_input_over_ = false;
    int error_ = 0;
    int write_error_ = 0;

    int receive(BIO* bio, char* room, int size) noexcept;
    int send(const char* bytes, int size) noexcept;
    sys::Result<ssize_t> transmit(unsigned char type, std::string_view bytes) noexcept;
    void fail(int error) noexcept;
    void queue(unsigned char type, std::string_view bytes) noexcept;
    bool give_keys_to_kernel(void* keys) noexcept;

    static int on_read(BIO* bio, char* room, int size) noexcept;
    static int on_write(BIO* bio, const char* bytes, int size) noexcept;
    static long on_control(BIO* bio, int command, long number, void* pointer) noexcept;
    static const BIO_METHOD* method() noexcept;
};

} // namespace llnet::tls
