// SPDX-License-Identifier: MIT
// Look-ups of names: in tasks, and outside of them under a deadline or beside another event loop.
#include "glue/net/lookup.hpp"

#include "core/loop/lookup.hpp"
#include "glue/llsocket/addrinfo.hpp"
#include "glue/net/scheduler.hpp"
#include "glue/net/wait.hpp"

namespace llnet {

namespace {

// A look-up with a loop of its own.
struct LookupBox {
    std::unique_ptr<Loop> loop;
    std::unique_ptr<Lookups> lookups;
    std::unique_ptr<LookupOperation> operation;

    Outcome<> begin(const LookupQuery& query)
    {
        if (const Outcome<> made = make_loop(loop); !made.done()) {
            return made;
        }
        lookups = std::make_unique<Lookups>(sys::host(), *loop);
        operation = std::make_unique<LookupOperation>();
        return lookups->start(*operation, query, std::nullopt);
    }

    // Waits until it is done, and tells how it went; again: the time is over.
    Outcome<> wait(const std::optional<Deadline>& until) noexcept
    {
        while (operation->pending() && loop->take() == nullptr) {
            if (const Outcome<> stepped = loop->step(until); !stepped.done()) {
                return stepped;
            }
            if (until && *until <= Clock::now() && !loop->has_work()) {
                return again_or_failed(EAGAIN, "getaddrinfo");
            }
        }
        const auto& looked = operation->outcome();
        return {looked.status, {}, looked.error};
    }
};

} // namespace

template <>
struct ClassOf<LookupBox> {
    static constexpr Class id = Class::lookup;
};

namespace {

// lookup([host [, port [, family [, socktype [, protocol [, flag...]]]]]]) -> a look-up that has begun | nil, err
int lookup(lua_State* L)
{
    PortText port;
    const Query query = check_query(L, 1, port);
    auto& box = reserve<LookupBox>(L);
    const Outcome<> begun = work([&] { return box.begin(copy_of(query)); });
    return begun.done() ? 1 : push_failure(L, begun.error, "getaddrinfo");
}

// lookup:fd() -> the descriptor that is readable when wait() has something to do | nil: look now and then
int lookup_fd(lua_State* L)
{
    const auto& self = check_self<LookupBox>(L);
    const int fd = self.loop != nullptr ? self.loop->descriptor() : -1;
    if (fd < 0) {
        return 0;
    }
    lua_pushinteger(L, fd);
    return 1;
}

// lookup:wait([seconds]) -> list of addrinfo | nil, err | nil, nil, true
int lookup_wait(lua_State* L)
{
    auto& self = check_self<LookupBox>(L);
    const std::optional<Deadline> until = check_deadline(L, 2);
    luaL_argcheck(L, self.operation != nullptr, 1, "look-up was collected");
    const Outcome<> waited = self.wait(until);
    if (waited.status == Status::again) {
        return push_timeout(L);
    }
    if (!waited.done()) {
        return push_failure(L, waited.error, "getaddrinfo");
    }
    push_answers(L, self.operation->answers);
    return 1;
}

int push_resolved(lua_State* L, Scheduler&, Task& task)
{
    const auto& lookup = static_cast<const LookupOperation&>(*task.operation());
    if (!lookup.outcome().done()) {
        return push_failure(L, task);
    }
    push_answers(L, lookup.answers);
    return 1;
}

// Pushes the answers and gives true if there is no name to look up: an address in figures, or none.
bool push_numeric(lua_State* L, Query query)
{
    query.flags |= AI_NUMERICHOST;
    Answers* answers = nullptr;
    if (!look_up(L, query, answers).done()) {
        lua_pop(L, 1);
        return false;
    }
    push_answers(L, answers->list);
    answers->list = {}; // now rather than with the userdata: Lua's collector does not see this memory
    return true;
}

constexpr Waiting in_getaddrinfo{"getaddrinfo", push_resolved, room_for<LookupOperation>};

// getaddrinfo(seconds [, host [, port [, family [, socktype [, protocol [, flag...]]]]]]) -> list of addrinfo | ...
int getaddrinfo(lua_State* L)
{
    PortText port;
    const Query query = check_query(L, 2, port);
    const Wait wait = check_wait(L, in_getaddrinfo, 1);
    if (push_numeric(L, query)) {
        return 1;
    }
    if (is_too_late(wait)) {
        wait.task.emplace_operation<LookupOperation>();
        return miss_wait(L, wait);
    }
    const Outcome<> started = work([&] {
        auto& lookup = wait.task.emplace_operation<LookupOperation>();
        return wait.scheduler.lookups().start(lookup, copy_of(query), wait.until);
    });
    if (!started.done()) {
        return push_failure(L, started.error, "getaddrinfo");
    }
    return yield_wait(L, wait);
}

// lookups_have_room(): whether so few are under way that some which can be done without harm nobody.
int lookups_have_room(lua_State* L)
{
    lua_pushboolean(L, check_scheduler(L).lookups().has_room());
    return 1;
}

constexpr luaL_Reg metamethods[] = {
    {"__gc", collect<LookupBox>},
    {nullptr, nullptr},
};

constexpr Method methods[] = {
    {"fd", lookup_fd},
    {"wait", lookup_wait},
};

constexpr Method functions[] = {
    {"lookup", lookup},
    {"getaddrinfo", getaddrinfo},
    {"lookups_have_room", lookups_have_room},
};

} // namespace

void define_lookup(lua_State* L)
{
    define_class(L, Class::lookup, "lookup", metamethods);
    add_methods(L, Class::lookup, methods);
}

void add_lookup(lua_State* L)
{
    add_functions(L, Class::lookup, functions);
}

} // namespace llnet
