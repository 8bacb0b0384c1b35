// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/outcome.hpp"
#include "glue/kit/arguments.hpp"

#include <cerrno>
#include <new>
#include <span>
#include <stdexcept>
#include <type_traits>

namespace llnet {

// C++ objects in userdata.
//
// Every function of a module is a closure with the same two upvalues: its class's own metatable, and the table of all
// metatables of its generation, indexed by Class. So a check compares tables and looks nothing up by name.

enum class Class : int {
    socket = 1,
    addrinfo,
    msghdr,
    cmsghdr,
    cmsghdrs,
    iovec,
    error,
    errno_value,
    answers, // of the resolver, while they are turned into objects
    devices, // the same for interfaces
    task,
    scheduler,
    lookup,
    tls_config,
    tls_context,
    tls_session,
    tls_resumption,
    tls_detail,
    handshakes, // of TLS
};

inline constexpr int own_metatable = lua_upvalueindex(1);
inline constexpr int all_metatables = lua_upvalueindex(2);
inline constexpr int module_state = lua_upvalueindex(3); // see set_module_state()

// Which class a C++ type is bound to: specialised where it is bound, with a member `id`.
template <class T>
struct ClassOf;

inline void push_metatable(lua_State* L, Class id)
{
    lua_rawgeti(L, all_metatables, static_cast<int>(id));
}

// Whether the value at `index` is a userdata with the metatable on top of the stack, which is popped.
bool has_metatable(lua_State* L, int index);

// Whether the value at `index` is an object of this class, of whichever generation.
bool is_of_class(lua_State* L, int index, Class id);

// Raises the argument error for a value that should have had the metatable on top of the stack.
[[gnu::cold]] int class_error(lua_State* L, int index);

// The value at `index` if it is an object with the metatable at this address, else nullptr: every method call asks
// this, so it is inline.
inline void* object_with(lua_State* L, int index, const void* metatable)
{
    void* object = lua_touserdata(L, index);
    if (object == nullptr || lua_getmetatable(L, index) == 0) {
        return nullptr;
    }
    const bool same = lua_topointer(L, -1) == metatable;
    lua_pop(L, 1);
    return same ? object : nullptr;
}

// The object that the method was called on. Who has the address of the function's own metatable at hand gives it.
template <class T>
T& check_self(lua_State* L, const void* metatable)
{
    void* object = object_with(L, 1, metatable);
    if (object == nullptr) {
        lua_pushvalue(L, own_metatable);
        class_error(L, 1);
    }
    return *static_cast<T*>(object);
}

template <class T>
T& check_self(lua_State* L)
{
    return check_self<T>(L, lua_topointer(L, own_metatable));
}

// The object at `index`, or nullptr if the value is something else.
template <class T>
T* test_object(lua_State* L, int index)
{
    push_metatable(L, ClassOf<T>::id);
    return has_metatable(L, index) ? static_cast<T*>(lua_touserdata(L, index)) : nullptr;
}

template <class T>
T& check_object(lua_State* L, int index)
{
    T* object = test_object<T>(L, index);
    if (object == nullptr) {
        push_metatable(L, ClassOf<T>::id);
        class_error(L, index);
    }
    return *object;
}

template <class T>
T* opt_object(lua_State* L, int index)
{
    return is_absent(L, index) ? nullptr : &check_object<T>(L, index);
}

// Pushes an empty object that has its __gc already, to be filled by the work that follows.
template <class T>
T& reserve(lua_State* L)
{
    static_assert(std::is_nothrow_default_constructible_v<T>);
    static_assert(alignof(T) <= 8, "Lua aligns userdata to 8 bytes");
    T* object = new (new_userdata(L, sizeof(T))) T();
    push_metatable(L, ClassOf<T>::id);
    lua_setmetatable(L, -2);
    return *object;
}

// The same for one that gets an associated table.
template <class T>
T& reserve_for_table(lua_State* L)
{
    static_assert(std::is_nothrow_default_constructible_v<T>);
    static_assert(alignof(T) <= 8, "Lua aligns userdata to 8 bytes");
    T* object = new (new_userdata_for_table(L, sizeof(T))) T();
    push_metatable(L, ClassOf<T>::id);
    lua_setmetatable(L, -2);
    return *object;
}

// __gc: the object is empty afterwards, so that a finalizer which still reaches it finds a closed one.
template <class T>
int collect(lua_State* L)
{
    T& object = check_self<T>(L);
    object.~T();
    new (&object) T();
    return 0;
}

// An object that can be filled: a finalizer that reaches it after its own __gc must not, since nobody would empty it
// again. Most functions see the T in it.
template <class T>
struct Fillable {
    T object;
    bool collected = false;
};

template <class T>
struct ClassOf<Fillable<T>> {
    static_assert(std::is_standard_layout_v<Fillable<T>>, "a pointer to it must be one to the object in it");
    static constexpr Class id = ClassOf<T>::id;
};

// __gc of such objects.
template <class T>
int collect_fillable(lua_State* L)
{
    collect<T>(L);
    check_self<Fillable<T>>(L).collected = true;
    return 0;
}

// The object that the method was called on, to be filled.
template <class T>
T& check_fillable(lua_State* L)
{
    auto& self = check_self<Fillable<T>>(L);
    luaL_argcheck(L, !self.collected, 1, "object was collected");
    return self.object;
}

// __close of objects that hold nothing to release: a variable of theirs may be a <close> variable all the same.
template <class T>
int leave_scope(lua_State* L)
{
    check_self<T>(L);
    return 0;
}

// Pushes a string of at most `room` bytes, which `fill` writes and counts. Making a string can run a finalizer that
// changes the object whose bytes they are, so the memory that Lua keeps comes first.
template <class Fill>
void push_filled(lua_State* L, std::size_t room, Fill fill)
{
    char* memory = static_cast<char*>(new_userdata(L, room));
    const std::size_t size = fill(std::span<char>(memory, room));
    lua_pushlstring(L, memory, size);
    lua_remove(L, -2);
}

// Runs work of the core that allocates. No Lua inside: this is the only place where C++ exceptions are caught.
template <class Work>
auto work(Work run) -> decltype(run())
{
    try {
        return run();
    } catch (const std::bad_alloc&) {
        return {Status::failed, {}, system_error(ENOMEM, "malloc")};
    } catch (const std::length_error&) {
        return {Status::failed, {}, system_error(ENOMEM, "malloc")};
    }
}

// Raises like Lua itself when work for an object in memory, which can fail in no other way, found no memory.
inline void check_memory(lua_State* L, const Outcome<>& out)
{
    if (!out.done()) {
        luaL_error(L, "not enough memory");
    }
}

// One of the four generations of the API: the module that has it, with which the names of its classes begin.
struct Generation {
    const char* module;
    int number;
};

// A function or method, and the generation whose document first names it.
struct Method {
    const char* name;
    lua_CFunction function;
    int since = 2;
};

// Pushes the table of all metatables of a generation, still empty. The functions below want it on top of the stack and
// leave it there.
void push_metatables(lua_State* L, const Generation& generation);

// Pops a userdata, which all functions that are made from now on over the table of metatables below it have as a third
// upvalue.
void set_module_state(lua_State* L);

// Defines the class `id` with its __name, "<module>.<name>", and metamethods; their list ends with {nullptr, nullptr}.
void define_class(lua_State* L, Class id, const char* name, const luaL_Reg* metamethods);

// Adds those of the methods that the generation has.
void add_methods(lua_State* L, Class id, std::span<const Method> methods);

// Adds those of the functions that the generation has to the module table below the table of all metatables.
void add_functions(lua_State* L, Class id, std::span<const Method> functions);

// Adds these functions for methods in Lua to the table of this name: see method_name.
void add_functions_for_methods(lua_State* L, Class id, const char* name, std::span<const Method> functions);

} // namespace llnet
