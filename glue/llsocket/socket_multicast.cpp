// SPDX-License-Identifier: MIT
#include "core/sock/multicast.hpp"
#include "glue/faces/objects.hpp"
#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/socket.hpp"

#include <net/if.h>

namespace llnet {

namespace {

const char* opt_interface(lua_State* L, int index)
{
    return is_absent(L, index) ? nullptr : check_interface(L, index);
}

// A membership of any source: (group [, interface]).
template <class Face>
int change_group(lua_State* L, const char* method, Membership change)
{
    const Socket& self = check_self<Socket>(L);
    const Address& group = check_object<AddressBox>(L, 2).info.address;
    const char* interface_name = opt_interface(L, 3);
    return Face::action(L, method, change_membership(sys::host(), self, change, group, nullptr, interface_name));
}

// A membership of one source: (group, source [, interface]).
template <class Face>
int change_source(lua_State* L, const char* method, Membership change)
{
    const Socket& self = check_self<Socket>(L);
    const Address& group = check_object<AddressBox>(L, 2).info.address;
    const Address& source = check_object<AddressBox>(L, 3).info.address;
    const char* interface_name = opt_interface(L, 4);
    return Face::action(L, method, change_membership(sys::host(), self, change, group, &source, interface_name));
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
constexpr luaL_Reg methods[] = {
    {"mcastjoin", socket_mcastjoin<Face>},
    {"mcastleave", socket_mcastleave<Face>},
    {"mcastjoinsrc", socket_mcastjoinsrc<Face>},
    {"mcastleavesrc", socket_mcastleavesrc<Face>},
    {"mcastblocksrc", socket_mcastblocksrc<Face>},
    {"mcastunblocksrc", socket_mcastunblocksrc<Face>},
    {nullptr, nullptr},
};

} // namespace

const char* check_interface(lua_State* L, int index)
{
    const char* name = check_text(L, index);
    if (std::string_view(name).size() >= IF_NAMESIZE) {
        luaL_argerror(L, index, "interface name too long");
    }
    return name;
}

template <class Face>
void add_multicast_methods(lua_State* L)
{
    add_methods(L, Class::socket, methods<Face>);
}

template void add_multicast_methods<Objects>(lua_State*);

} // namespace llnet
