// SPDX-License-Identifier: MIT
// What is known of a connection and its peer: nil where there is nothing to tell.
#include "core/tls/inspect.hpp"
#include "glue/kit/arguments.hpp"
#include "glue/tls/objects.hpp"

#include <algorithm>

namespace llnet {

namespace {

TlsSession& check_open(lua_State* L)
{
    auto& self = check_self<TlsSession>(L);
    if (self.session.is_released()) {
        argument_error(L, 1, "the session is closed");
    }
    return self;
}

int push_text(lua_State* L, const char* text)
{
    lua_pushstring(L, text); // nil for nullptr
    return 1;
}

int push_bytes(lua_State* L, bool is_known, std::string_view bytes)
{
    if (is_known) {
        lua_pushlstring(L, bytes.data(), bytes.size());
    } else {
        lua_pushnil(L);
    }
    return 1;
}

int push_number(lua_State* L, long long number)
{
    if (number < 0) {
        lua_pushnil(L);
    } else {
        lua_pushinteger(L, static_cast<lua_Integer>(number));
    }
    return 1;
}

// Runs find(session, into), which may throw std::bad_alloc; gives what it gives.
template <class Find, class Into>
bool found(lua_State* L, Find find, const TlsSession& self, Into& into)
{
    bool is_found = false;
    check_memory(L, work([&] {
                     is_found = find(self.session, into);
                     return done();
                 }));
    return is_found;
}

template <std::string tls::PeerCertificate::*member>
int peer_text(lua_State* L)
{
    auto& self = check_open(L);
    const bool is_known = found(L, tls::describe_peer, self, self.peer);
    return push_bytes(L, is_known, self.peer.*member);
}

// Seconds since 1970.
template <std::time_t tls::PeerCertificate::*member>
int peer_time(lua_State* L)
{
    auto& self = check_open(L);
    const bool is_known = found(L, tls::describe_peer, self, self.peer);
    return push_number(L, is_known ? self.peer.*member : -1);
}

int peer_cert_provided(lua_State* L)
{
    auto& self = check_open(L);
    lua_pushboolean(L, found(L, tls::describe_peer, self, self.peer));
    return 1;
}

int peer_cert_contains_name(lua_State* L)
{
    auto& self = check_open(L);
    const char* name = check_text(L, 2);
    const bool contains = found(
        L, [name](const tls::Session& session, std::string&) { return tls::peer_is_named(session, name); }, self,
        self.text);
    lua_pushboolean(L, contains);
    return 1;
}

int peer_cert_chain_pem(lua_State* L)
{
    auto& self = check_open(L);
    const bool is_known = found(L, tls::peer_chain, self, self.text);
    return push_bytes(L, is_known, self.text);
}

int peer_ocsp_url(lua_State* L)
{
    auto& self = check_open(L);
    const bool is_known = found(L, tls::peer_ocsp_url, self, self.text);
    return push_bytes(L, is_known, self.text);
}

// What came of the check of the stapled response: nil if there was none.
int peer_ocsp_result(lua_State* L)
{
    const int result = check_self<TlsSession>(L).session.staple().result;
    if (result < 0) {
        return 0;
    }
    lua_pushstring(L, result == 0 ? "good" : error_message(ErrorKind::tls, result, {}));
    return 1;
}

// What the stapled response says, in the numbers of openssl/ocsp.h; times in seconds since 1970.
template <auto member>
int staple_number(lua_State* L)
{
    return push_number(L, check_self<TlsSession>(L).session.staple().*member);
}

template <const char* (*text)(const tls::Session&) noexcept>
int connection_text(lua_State* L)
{
    return push_text(L, text(check_open(L).session));
}

int conn_cipher_strength(lua_State* L)
{
    lua_pushinteger(L, tls::cipher_strength(check_open(L).session));
    return 1;
}

int conn_alpn_selected(lua_State* L)
{
    const std::string_view name = tls::protocol(check_open(L).session);
    return push_bytes(L, !name.empty(), name);
}

int conn_session_resumed(lua_State* L)
{
    lua_pushboolean(L, tls::is_resumed(check_open(L).session));
    return 1;
}

// For connections that follow: an object for the option `session`, or nil if the server gave none yet.
int resumption(lua_State* L)
{
    auto& self = check_self<TlsSession>(L);
    if (self.session.resumption() == nullptr) {
        lua_pushnil(L);
        return 1;
    }
    reserve<TlsResumption>(L).session = self.session.resumption();
    return 1;
}

constexpr int most_exported = 8160; // HKDF gives no more of SHA-256 (RFC 5869, 2.3)

// export_key(label, size [, context]) -> bytes | nil
int export_key(lua_State* L)
{
    auto& self = check_open(L);
    const std::string_view label = check_bytes(L, 2);
    const auto size = static_cast<std::size_t>(check_int(L, 3, 1, most_exported));
    const bool has_context = !is_absent(L, 4);
    const std::string_view context = has_context ? check_bytes(L, 4) : std::string_view();
    auto* room = static_cast<char*>(new_userdata(L, size));
    const bool is_known = tls::export_key(self.session, label, context, has_context, {room, size});
    return push_bytes(L, is_known, {room, size});
}

// channel_binding(type) -> bytes | nil
int channel_binding(lua_State* L)
{
    auto& self = check_open(L);
    const std::string_view type = check_bytes(L, 2);
    const bool is_known = found(
        L, [type](const tls::Session& session, std::string& into) { return tls::channel_binding(session, type, into); },
        self, self.text);
    return push_bytes(L, is_known, self.text);
}

using tls::PeerCertificate;
using tls::Staple;

constexpr Method methods[] = {
    {"peer_cert_provided", peer_cert_provided},
    {"peer_cert_contains_name", peer_cert_contains_name},
    {"peer_cert_subject", peer_text<&PeerCertificate::subject>},
    {"peer_cert_issuer", peer_text<&PeerCertificate::issuer>},
    {"peer_cert_hash", peer_text<&PeerCertificate::hash>},
    {"peer_cert_notbefore", peer_time<&PeerCertificate::not_before>},
    {"peer_cert_notafter", peer_time<&PeerCertificate::not_after>},
    {"peer_cert_chain_pem", peer_cert_chain_pem},
    {"peer_ocsp_url", peer_ocsp_url},
    {"peer_ocsp_response_status", staple_number<&Staple::response_status>},
    {"peer_ocsp_cert_status", staple_number<&Staple::cert_status>},
    {"peer_ocsp_crl_reason", staple_number<&Staple::crl_reason>},
    {"peer_ocsp_revocation_time", staple_number<&Staple::revocation_time>},
    {"peer_ocsp_this_update", staple_number<&Staple::this_update>},
    {"peer_ocsp_next_update", staple_number<&Staple::next_update>},
    {"peer_ocsp_result", peer_ocsp_result},
    {"conn_version", connection_text<tls::version>},
    {"conn_cipher", connection_text<tls::cipher>},
    {"conn_cipher_strength", conn_cipher_strength},
    {"conn_alpn_selected", conn_alpn_selected},
    {"conn_servername", connection_text<tls::requested_name>},
    {"conn_session_resumed", conn_session_resumed},
    {"resumption", resumption},
    {"export_key", export_key},
    {"channel_binding", channel_binding},
};

} // namespace

void add_tls_queries(lua_State* L)
{
    add_methods(L, Class::tls_session, methods);
}

void push_tls_query_names(lua_State* L)
{
    lua_createtable(L, static_cast<int>(std::size(methods)), 0);
    int place = 1;
    for (const Method& method : methods) {
        lua_pushstring(L, method.name);
        lua_rawseti(L, -2, place++);
    }
}

} // namespace llnet
