// SPDX-License-Identifier: MIT
// llsocket.tls, over which lua/net/tls.lua is a thin face.
#include "glue/kit/errors.hpp"
#include "glue/tls/objects.hpp"

#include <algorithm>

namespace llnet {

namespace {

constexpr Generation generation{"net.tls", 4};

// config() -> a new configuration
int new_config(lua_State* L)
{
    reserve<Fillable<tls::Config>>(L);
    return 1;
}

// client(config), server(config) -> context | nil, err
template <tls::Role role>
int new_context(lua_State* L)
{
    const auto& config = check_object<tls::Config>(L, 1);
    auto& box = reserve<TlsContext>(L);
    auto& detail = reserve<TlsDetail>(L);
    const Outcome<> out = work([&] { return tls::Context::make(config.settings(), role, box.context, detail.text); });
    if (!out.done()) {
        return push_tls_failure(L, out.error, detail.text);
    }
    lua_pop(L, 1);
    return 1;
}

// session(context, socket or descriptor [, servername [, resumption]]) -> session | nil, err
int new_session(lua_State* L)
{
    const auto& context = check_object<TlsContext>(L, 1);
    const bool is_number = lua_type(L, 2) == LUA_TNUMBER;
    const int number = is_number ? check_int(L, 2, 0) : -1;
    if (!is_number && !is_of_class(L, 2, Class::socket)) {
        type_error(L, 2, "llsocket.socket or integer");
    }
    tls::Session::Options options;
    options.servername = is_absent(L, 3) ? std::string_view() : check_bytes(L, 3);
    const auto* resumption = opt_object<TlsResumption>(L, 4);
    auto& self = reserve_for_table<TlsSession>(L);
    lua_createtable(L, 1, 0);
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, 1);
    set_associated_table(L, -2);
    const Outcome<> out = work([&] {
        options.resumption = resumption != nullptr ? resumption->session : nullptr;
        return self.session.open(context.context, options);
    });
    if (!out.done()) {
        return push_tls_failure(L, out.error, self.session.detail());
    }
    self.socket = is_number ? nullptr : static_cast<Socket*>(lua_touserdata(L, 2));
    self.number = number;
    return 1;
}

// version(config): another number after each change
int version(lua_State* L)
{
    lua_pushinteger(L, check_object<tls::Config>(L, 1).version());
    return 1;
}

// parse_protocols(list) -> bits | nil, err
int parse_protocols(lua_State* L)
{
    const std::optional<unsigned> protocols = tls::parse_protocols(check_bytes(L, 1));
    if (!protocols) {
        lua_pushnil(L);
        push_error_text(L, ErrorKind::tls, tls_config, "parse_protocols");
        return 2;
    }
    lua_pushinteger(L, *protocols);
    return 1;
}

// load_file(path [, passphrase]) -> PEM | nil, err
int load_file(lua_State* L)
{
    const char* path = check_text(L, 1);
    const std::string_view passphrase = is_absent(L, 2) ? std::string_view() : check_bytes(L, 2);
    auto& pem = reserve<TlsDetail>(L);
    auto& detail = reserve<TlsDetail>(L);
    const Outcome<> out = work([&] { return tls::load_file(path, passphrase, pem.text, detail.text); });
    if (!out.done()) {
        return push_tls_failure(L, out.error, detail.text);
    }
    lua_pushlstring(L, pem.text.data(), pem.text.size());
    return 1;
}

int default_ca_cert_file(lua_State* L)
{
    auto& path = reserve<TlsDetail>(L);
    check_memory(L, work([&] {
                     path.text = tls::default_ca_cert_file();
                     return done();
                 }));
    lua_pushlstring(L, path.text.data(), path.text.size());
    return 1;
}

template <class T>
void define_plain(lua_State* L, const char* name)
{
    constexpr luaL_Reg metamethods[] = {{"__gc", collect<T>}, {nullptr, nullptr}};
    define_class(L, ClassOf<T>::id, name, metamethods);
}

constexpr Method functions[] = {
    {"config", new_config},
    {"client", new_context<tls::Role::client>},
    {"server", new_context<tls::Role::server>},
    {"session", new_session},
    {"version", version},
    {"parse_protocols", parse_protocols},
    {"load_file", load_file},
    {"default_ca_cert_file", default_ca_cert_file},
};

struct Constant {
    const char* name;
    unsigned value;
};

constexpr Constant constants[] = {
    {"PROTOCOL_TLSv1_0", tls::tls_1_0},
    {"PROTOCOL_TLSv1_1", tls::tls_1_1},
    {"PROTOCOL_TLSv1_2", tls::tls_1_2},
    {"PROTOCOL_TLSv1_3", tls::tls_1_3},
    {"PROTOCOL_TLSv1", tls::all_protocols},
    {"PROTOCOLS_ALL", tls::all_protocols},
    {"PROTOCOLS_DEFAULT", tls::default_protocols},
};

const char metatables_key = 0;

} // namespace

void push_tls_metatables(lua_State* L)
{
    push_registry(L, &metatables_key);
    if (lua_istable(L, -1)) {
        return;
    }
    lua_pop(L, 1);
    push_metatables(L, generation);
    define_tls_config(L);
    define_tls_session(L);
    add_tls_queries(L);
    define_plain<TlsContext>(L, "context");
    define_plain<TlsDetail>(L, "detail");
    store_in_registry(L, &metatables_key);
}

namespace {

int push_tls_module(lua_State* L)
{
    lua_newtable(L);
    push_tls_metatables(L);
    add_functions(L, Class::tls_context, functions);
    add_tls_session(L);
    lua_pop(L, 1);
    push_tls_query_names(L);
    lua_setfield(L, -2, "queries");
    for (const Constant& constant : constants) {
        lua_pushinteger(L, constant.value);
        lua_setfield(L, -2, constant.name);
    }
    return 1;
}

} // namespace

} // namespace llnet

extern "C" __attribute__((visibility("default"))) int luaopen_llsocket_tls(lua_State* L)
{
    return llnet::push_tls_module(L);
}
