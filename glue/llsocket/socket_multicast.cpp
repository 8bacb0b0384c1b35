// SPDX-License-Identifier: MIT
#include "core/sock/multicast.hpp"
#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/socket.hpp"

#include <net/if.h>

namespace llnet {

namespace {

const char* opt_interface(lua_State* L, int index)
{
    return is_absent(L, index) ? nullptr : check_interface(L, index);
}

// The group or source that an argument names: generation 4 takes an addrinfo, the others text, for the family of the
// socket.
Outcome<Address> check_address(lua_State* L, int index, SocketRef, Objects)
{
    return done(check_object<AddressBox>(L, index).info.address);
}

Outcome<Address> check_address(lua_State* L, int index, SocketRef socket, Strings)
{
    return numeric_address(sys::host(), socket.family, check_text(L, index));
}

// A membership of any source: (group [, interface]).
template <class Face>
int change_group(lua_State* L, const char* method, Membership change)
{
    const SocketRef self = check_socket<Face>(L);
    const Outcome<Address> group = check_address(L, 2, self, Face());
    const char* interface_name = opt_interface(L, 3);
    if (!group.done()) {
        return Face::action(L, method, failed(group.error));
    }
    return Face::action(L, method, change_membership(sys::host(), self, change, group.value, nullptr, interface_name));
}

// A membership of one source: (group, source [, interface]).
template <class Face>
int change_source(lua_State* L, const char* method, Membership change)
{
    const SocketRef self = check_socket<Face>(L);
    const Outcome<Address> group = check_address(L, 2, self, Face());
    const Outcome<Address> source = check_address(L, 3, self, Face());
    const char* interface_name = opt_interface(L, 4);
    if (!group.done() || !source.done()) {
        return Face::action(L, method, failed(group.done() ? source.error : group.error));
    }
    return Face::action(L, method,
                        change_membership(sys::host(), self, change, group.value, &source.value, interface_name));
}

template <class Face>
int socket_mcastjoin(lua_State* L)
{
    return change_group<Face>(L, "mcastjoin", Membership::join);
}

template <class Face>
int socket_mcastleave(lua_State* L)
{
    return change_group<Face>(L, "mcastleave", Membership::leave);
}

template <class Face>
int socket_mcastjoinsrc(lua_State* L)
{
    return change_source<Face>(L, "mcastjoinsrc", Membership::join_source);
}

template <class Face>
int socket_mcastleavesrc(lua_State* L)
{
    return change_source<Face>(L, "mcastleavesrc", Membership::leave_source);
}

template <class Face>
int socket_mcastblocksrc(lua_State* L)
{
    return change_source<Face>(L, "mcastblocksrc", Membership::block_source);
}

template <class Face>
int socket_mcastunblocksrc(lua_State* L)
{
    return change_source<Face>(L, "mcastunblocksrc", Membership::unblock_source);
}

template <class Face>
constexpr Method methods[] = {
    {"mcastjoin", socket_mcastjoin<Face>},         {"mcastleave", socket_mcastleave<Face>},
    {"mcastjoinsrc", socket_mcastjoinsrc<Face>},   {"mcastleavesrc", socket_mcastleavesrc<Face>},
    {"mcastblocksrc", socket_mcastblocksrc<Face>}, {"mcastunblocksrc", socket_mcastunblocksrc<Face>},
};

} // namespace

const char* check_interface(lua_State* L, int index)
{
    const char* name = check_text(L, index);
    if (std::string_view(name).size() >= IF_NAMESIZE) {
        argument_error(L, index, "interface name too long");
    }
    return name;
}

template <class Face>
std::span<const Method> multicast_methods()
{
    return methods<Face>;
}

template std::span<const Method> multicast_methods<Strings2>();
template std::span<const Method> multicast_methods<Strings3>();
template std::span<const Method> multicast_methods<Objects>();

} // namespace llnet
