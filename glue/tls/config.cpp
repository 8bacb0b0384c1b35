// SPDX-License-Identifier: MIT
// Configurations: (self, value...) -> true | nil, err
#include "glue/kit/errors.hpp"
#include "glue/tls/objects.hpp"

#include <climits>

namespace llnet {

namespace {

using tls::Config;

// What a setter answers.
int push_set(lua_State* L, const Config& config, const Outcome<>& out)
{
    if (!out.done()) {
        return push_tls_failure(L, out.error, config.detail());
    }
    lua_pushboolean(L, 1);
    return 1;
}

std::string_view opt_bytes(lua_State* L, int index)
{
    return is_absent(L, index) ? std::string_view() : check_bytes(L, index);
}

template <Outcome<> (Config::*set)(std::string_view)>
int set_bytes(lua_State* L)
{
    auto& config = check_fillable<Config>(L);
    const std::string_view bytes = check_bytes(L, 2);
    return push_set(L, config, work([&] { return (config.*set)(bytes); }));
}

template <Outcome<> (Config::*set)(const char*)>
int set_path(lua_State* L)
{
    auto& config = check_fillable<Config>(L);
    const char* path = check_text(L, 2);
    return push_set(L, config, work([&] { return (config.*set)(path); }));
}

// (self, pem [, passphrase])
int set_key(lua_State* L)
{
    auto& config = check_fillable<Config>(L);
    const std::string_view pem = check_bytes(L, 2);
    const std::string_view passphrase = opt_bytes(L, 3);
    return push_set(L, config, work([&] { return config.set_key(pem, passphrase); }));
}

// (self, path [, passphrase])
int set_key_file(lua_State* L)
{
    auto& config = check_fillable<Config>(L);
    const char* path = check_text(L, 2);
    const std::string_view passphrase = opt_bytes(L, 3);
    return push_set(L, config, work([&] { return config.set_key_file(path, passphrase); }));
}

// (self, cert, key [, staple [, passphrase]])
template <Outcome<> (Config::*set)(const Config::KeypairText&)>
int set_keypair(lua_State* L)
{
    auto& config = check_fillable<Config>(L);
    const Config::KeypairText text{check_bytes(L, 2), check_bytes(L, 3), opt_bytes(L, 4), opt_bytes(L, 5)};
    return push_set(L, config, work([&] { return (config.*set)(text); }));
}

// The same with the paths of files.
template <Outcome<> (Config::*set)(const Config::KeypairPaths&)>
int set_keypair_file(lua_State* L)
{
    auto& config = check_fillable<Config>(L);
    const Config::KeypairPaths paths{check_text(L, 2), check_text(L, 3), opt_text(L, 4), opt_bytes(L, 5)};
    return push_set(L, config, work([&] { return (config.*set)(paths); }));
}

int set_protocols(lua_State* L)
{
    auto& config = check_fillable<Config>(L);
    std::optional<unsigned> protocols = 0U;
    if (lua_type(L, 2) == LUA_TSTRING) {
        protocols = tls::parse_protocols(check_bytes(L, 2));
    } else {
        protocols = static_cast<unsigned>(check_integer(L, 2, 0, INT_MAX));
    }
    return push_set(L, config, work([&] { return config.set_protocols(protocols.value_or(0)); }));
}

// A descriptor, or nil for none.
int set_session_fd(lua_State* L)
{
    auto& config = check_fillable<Config>(L);
    const int fd = is_absent(L, 2) ? -1 : check_int(L, 2, -1);
    return push_set(L, config, work([&] { return config.set_session_fd(fd); }));
}

int set_session_lifetime(lua_State* L)
{
    auto& config = check_fillable<Config>(L);
    const std::chrono::seconds lifetime(check_integer(L, 2, INT_MIN, INT_MAX));
    return push_set(L, config, work([&] { return config.set_session_lifetime(lifetime); }));
}

int set_verify_depth(lua_State* L)
{
    auto& config = check_fillable<Config>(L);
    const int depth = check_int(L, 2);
    return push_set(L, config, work([&] { return config.set_verify_depth(depth); }));
}

// (self, revision, 48 bytes)
int add_ticket_key(lua_State* L)
{
    auto& config = check_fillable<Config>(L);
    const auto revision = static_cast<std::uint32_t>(check_integer(L, 2, 0, UINT32_MAX));
    const std::string_view secret = check_bytes(L, 3);
    return push_set(L, config, work([&] { return config.add_ticket_key(revision, secret); }));
}

template <auto change>
int turn(lua_State* L)
{
    change(check_fillable<Config>(L));
    lua_pushboolean(L, 1);
    return 1;
}

constexpr auto verify = [](Config& config) { config.verify(); };
constexpr auto verify_client = [](Config& config) { config.verify_client(tls::ClientCertificate::required); };
constexpr auto verify_client_optional = [](Config& config) { config.verify_client(tls::ClientCertificate::optional); };
constexpr auto prefer_client = [](Config& config) { config.prefer_ciphers_of_client(true); };
constexpr auto prefer_server = [](Config& config) { config.prefer_ciphers_of_client(false); };
constexpr auto noverifycert = [](Config& config) { config.insecure_noverifycert(); };
constexpr auto noverifyname = [](Config& config) { config.insecure_noverifyname(); };
constexpr auto noverifytime = [](Config& config) { config.insecure_noverifytime(); };
constexpr auto require_staple = [](Config& config) { config.require_staple(); };
constexpr auto clear_keys = [](Config& config) { config.clear_keys(); };

constexpr luaL_Reg metamethods[] = {
    {"__gc", collect_fillable<Config>},
    {"__close", leave_scope<Config>},
    {nullptr, nullptr},
};

constexpr Method methods[] = {
    {"set_ca", set_bytes<&Config::set_ca>},
    {"set_ca_file", set_path<&Config::set_ca_file>},
    {"set_ca_path", set_path<&Config::set_ca_path>},
    {"set_crl", set_bytes<&Config::set_crl>},
    {"set_crl_file", set_path<&Config::set_crl_file>},
    {"set_cert", set_bytes<&Config::set_cert>},
    {"set_cert_file", set_path<&Config::set_cert_file>},
    {"set_key", set_key},
    {"set_key_file", set_key_file},
    {"set_keypair", set_keypair<&Config::set_keypair>},
    {"set_keypair_file", set_keypair_file<&Config::set_keypair_file>},
    {"add_keypair", set_keypair<&Config::add_keypair>},
    {"add_keypair_file", set_keypair_file<&Config::add_keypair_file>},
    {"set_ocsp_staple", set_bytes<&Config::set_ocsp_staple>},
    {"set_ocsp_staple_file", set_path<&Config::set_ocsp_staple_file>},
    {"set_ciphers", set_bytes<&Config::set_ciphers>},
    {"set_ecdhecurves", set_bytes<&Config::set_ecdhecurves>},
    {"set_dheparams", set_bytes<&Config::set_dheparams>},
    {"set_alpn", set_bytes<&Config::set_alpn>},
    {"set_protocols", set_protocols},
    {"set_session_fd", set_session_fd},
    {"set_session_id", set_bytes<&Config::set_session_id>},
    {"set_session_lifetime", set_session_lifetime},
    {"set_verify_depth", set_verify_depth},
    {"set_keylog_file", set_path<&Config::set_keylog_file>},
    {"add_ticket_key", add_ticket_key},
    {"verify", turn<verify>},
    {"verify_client", turn<verify_client>},
    {"verify_client_optional", turn<verify_client_optional>},
    {"prefer_ciphers_client", turn<prefer_client>},
    {"prefer_ciphers_server", turn<prefer_server>},
    {"insecure_noverifycert", turn<noverifycert>},
    {"insecure_noverifyname", turn<noverifyname>},
    {"insecure_noverifytime", turn<noverifytime>},
    {"ocsp_require_stapling", turn<require_staple>},
    {"clear_keys", turn<clear_keys>},
};

} // namespace

int push_tls_failure(lua_State* L, const Error& error, const std::string& detail)
{
    lua_pushnil(L);
    push_error_text(L, error.kind, error.code, error.op);
    if (!detail.empty()) {
        lua_pushliteral(L, ": ");
        lua_pushlstring(L, detail.data(), detail.size());
        lua_concat(L, 3);
    }
    return 2;
}

void define_tls_config(lua_State* L)
{
    define_class(L, Class::tls_config, "config", metamethods);
    add_methods(L, Class::tls_config, methods);
}

} // namespace llnet
