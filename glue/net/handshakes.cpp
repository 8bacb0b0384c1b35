// SPDX-License-Identifier: MIT
// The handshakes of a server outside of net.loop: all go on while one waits for any of them, or for a connection.
#include "glue/net/handshakes.hpp"

#include "core/loop/operations.hpp"
#include "core/loop/tls_operations.hpp"
#include "glue/net/scheduler.hpp"
#include "glue/net/wait.hpp"
#include "glue/tls/objects.hpp"

#include <unordered_map>

namespace llnet {

namespace {

class Handshakes {
public:
    Handshakes(Socket& listener, std::unique_ptr<Loop> loop) noexcept : loop_(std::move(loop)), listener_(listener) {}

    [[nodiscard]] Loop& loop() noexcept { return *loop_; }

    // Throws std::bad_alloc.
    Outcome<> begin(TlsSession& session, const std::optional<Deadline>& until)
    {
        const Outcome<Loop::Key> key = loop_->watch(*session.socket);
        if (!key.done()) {
            return failed(key.error);
        }
        TlsHandshakeOperation& handshake = under_way_.try_emplace(&session, session.session).first->second;
        handshake.owner = &session;
        if (loop_->start(handshake, key.value, until)) {
            ended_.push_back(handshake);
        }
        return done();
    }

    // One that has ended, which is under way until drop(); or nullptr.
    TlsHandshakeOperation* take() noexcept
    {
        Operation* operation = next_ended();
        while (operation == &listening_) {
            operation = next_ended();
        }
        return static_cast<TlsHandshakeOperation*>(operation);
    }

    void drop(TlsSession& session) noexcept
    {
        under_way_.erase(&session);
        if (const std::optional<Loop::Key> key = loop_->key_of(session.fd())) {
            loop_->release(*key);
        }
    }

    // Waits until there is something to take or to accept, and sometimes less; again: the time is over. Throws
    // std::bad_alloc.
    Outcome<> wait(const std::optional<Deadline>& until)
    {
        const Outcome<Loop::Key> key = loop_->watch(listener_);
        if (!key.done()) {
            return failed(key.error);
        }
        const bool is_ready = !listening_.pending() && loop_->start(listening_, key.value, std::nullopt);
        if (is_ready || !ended_.empty()) {
            return done();
        }
        const Outcome<> stepped = loop_->step(until);
        const bool is_late = until && *until <= Clock::now() && !loop_->has_work();
        return stepped.done() && is_late ? again_or_failed(EAGAIN, "accept") : stepped;
    }

private:
    std::unique_ptr<Loop> loop_;
    Socket& listener_;
    WaitOperation listening_{Direction::read};
    std::unordered_map<TlsSession*, TlsHandshakeOperation> under_way_;
    List<Operation> ended_; // at once

    Operation* next_ended() noexcept
    {
        Operation* first = ended_.pop_front();
        return first != nullptr ? first : loop_->take();
    }
};

// The table that is associated with it has the sessions and the listener, by their addresses.
struct HandshakesBox {
    std::unique_ptr<Handshakes> all; // none when they are closed
};

} // namespace

template <>
struct ClassOf<HandshakesBox> {
    static constexpr Class id = Class::handshakes;
};

namespace {

// Pops a value, which the table that is now on top of the stack has by this address from now on.
void set_at(lua_State* L, const void* address)
{
    lua_pushlightuserdata(L, const_cast<void*>(address));
    lua_insert(L, -2);
    lua_rawset(L, -3);
}

void forget(lua_State* L, const TlsSession& session)
{
    push_associated_table(L, 1);
    lua_pushnil(L);
    set_at(L, &session);
    lua_pop(L, 1);
}

// handshakes(listener) -> those of a server, none yet | nil, err
int handshakes(lua_State* L)
{
    auto& listener = check_object<Socket>(L, 1);
    auto& self = reserve_for_table<HandshakesBox>(L);
    lua_newtable(L);
    lua_pushvalue(L, 1);
    set_at(L, &listener);
    set_associated_table(L, -2);
    const Outcome<> opened = work([&] {
        std::unique_ptr<Loop> loop;
        const Outcome<> made = make_loop(loop);
        if (made.done()) {
            self.all = std::make_unique<Handshakes>(listener, std::move(loop));
        }
        return made;
    });
    return opened.done() ? 1 : push_failure(L, opened.error, "accept");
}

Outcome<> closed(const char* what) noexcept
{
    return failed(EBADF, what);
}

// begin(session, seconds) -> true | nil, err
int begin(lua_State* L)
{
    const auto& self = check_self<HandshakesBox>(L);
    auto& session = check_object<TlsSession>(L, 2);
    luaL_argcheck(L, session.socket != nullptr, 2, "a session over a socket is expected");
    const std::optional<Deadline> until = check_deadline(L, 3);
    push_associated_table(L, 1);
    lua_pushvalue(L, 2);
    set_at(L, &session);
    const Outcome<> begun = work([&] { return self.all ? self.all->begin(session, until) : closed("handshake"); });
    if (!begun.done()) {
        forget(L, session);
        return push_failure(L, begun.error, "handshake");
    }
    lua_pushboolean(L, 1);
    return 1;
}

// true | nil, err | nil, nil, true
int push_end(lua_State* L, const TlsHandshakeOperation& handshake)
{
    const Error& error = handshake.outcome().error;
    if (handshake.timed_out()) {
        return push_timeout(L);
    }
    if (handshake.outcome().done()) {
        lua_pushboolean(L, 1);
        return 1;
    }
    return error.kind == ErrorKind::tls ? push_tls_failure(L, error, handshake.session().detail())
                                        : push_failure(L, error, "handshake");
}

// take() -> a session whose handshake has ended, and true | nil, err | nil, nil, true; or nothing
int take(lua_State* L)
{
    const auto& self = check_self<HandshakesBox>(L);
    const TlsHandshakeOperation* handshake = self.all ? self.all->take() : nullptr;
    if (handshake == nullptr) {
        return 0;
    }
    auto* session = static_cast<TlsSession*>(handshake->owner);
    push_associated_table(L, 1);
    lua_pushlightuserdata(L, session);
    lua_rawget(L, -2);
    const int results = 1 + push_end(L, *handshake);
    self.all->drop(*session);
    forget(L, *session);
    return results;
}

// stop(session): its handshake goes on no more.
int stop(lua_State* L)
{
    const auto& self = check_self<HandshakesBox>(L);
    auto& session = check_object<TlsSession>(L, 2);
    if (self.all) {
        self.all->drop(session);
    }
    forget(L, session);
    return 0;
}

// wait([seconds]) -> true: there may be something to take or to accept | nil, err | nil, nil, true
int wait(lua_State* L)
{
    const auto& self = check_self<HandshakesBox>(L);
    const std::optional<Deadline> until = check_deadline(L, 2);
    const Outcome<> waited = work([&] { return self.all ? self.all->wait(until) : closed("accept"); });
    if (waited.status == Status::again && waited.error.code == EAGAIN) {
        return push_timeout(L);
    }
    if (waited.status == Status::failed) {
        return push_failure(L, waited.error, "accept");
    }
    lua_pushboolean(L, 1);
    return 1;
}

// fd() -> the descriptor that is readable when wait() has something to tell | nil: look now and then
int fd(lua_State* L)
{
    const auto& self = check_self<HandshakesBox>(L);
    const int descriptor = self.all ? self.all->loop().descriptor() : -1;
    if (descriptor < 0) {
        return 0;
    }
    lua_pushinteger(L, descriptor);
    return 1;
}

// timeout() -> in how many seconds wait() has something to do at the latest | nil: only an event can tell
int timeout(lua_State* L)
{
    const auto& self = check_self<HandshakesBox>(L);
    const std::optional<Deadline> next = self.all ? self.all->loop().next_deadline() : std::nullopt;
    if (!next) {
        return 0;
    }
    push_seconds(L, std::max(*next - Clock::now(), Clock::duration::zero()));
    return 1;
}

// inherited() -> whether they are those of the process that this one is a child of
int inherited(lua_State* L)
{
    const auto& self = check_self<HandshakesBox>(L);
    lua_pushboolean(L, self.all && self.all->loop().is_inherited());
    return 1;
}

// close(): all have ended, and none begin any more.
int close(lua_State* L)
{
    check_self<HandshakesBox>(L).all.reset();
    return 0;
}

constexpr luaL_Reg metamethods[] = {
    {"__gc", collect<HandshakesBox>},
    {nullptr, nullptr},
};

constexpr Method methods[] = {
    {"begin", begin}, {"take", take},       {"stop", stop},           {"wait", wait},
    {"fd", fd},       {"timeout", timeout}, {"inherited", inherited}, {"close", close},
};

constexpr Method functions[] = {
    {"handshakes", handshakes},
};

} // namespace

void define_handshakes(lua_State* L)
{
    define_class(L, Class::handshakes, "handshakes", metamethods);
    add_methods(L, Class::handshakes, methods);
}

void add_handshakes(lua_State* L)
{
    add_functions(L, Class::handshakes, functions);
}

} // namespace llnet
