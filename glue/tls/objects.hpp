// SPDX-License-Identifier: MIT
// The objects of net.tls.
#pragma once

#include "core/tls/inspect.hpp"
#include "glue/kit/box.hpp"
#include "glue/llsocket/socket.hpp"

namespace llnet {

struct TlsContext {
    std::shared_ptr<const tls::Context> context;
};

// One end of a connection, over a socket, which its associated table keeps, or over a descriptor of the program's.
struct TlsSession {
    tls::Session session;
    Socket* socket = nullptr;
    int number = -1;

    [[nodiscard]] int fd() const noexcept { return socket != nullptr ? socket->fd.get() : number; }

    // What a query found, which is kept while Lua makes values of it.
    tls::PeerCertificate peer;
    std::string text;
};

struct TlsResumption {
    tls::Resumption session;
};

// A text of the core, kept while Lua makes a value of it.
struct TlsDetail {
    std::string text;
};

template <>
struct ClassOf<TlsDetail> {
    static constexpr Class id = Class::tls_detail;
};

template <>
struct ClassOf<tls::Config> {
    static constexpr Class id = Class::tls_config;
};

template <>
struct ClassOf<TlsContext> {
    static constexpr Class id = Class::tls_context;
};

template <>
struct ClassOf<TlsSession> {
    static constexpr Class id = Class::tls_session;
};

template <>
struct ClassOf<TlsResumption> {
    static constexpr Class id = Class::tls_resumption;
};

// Pushes nil and "[CERT_HAS_EXPIRED:10][handshake] the certificate has expired: depth 0, ...".
int push_tls_failure(lua_State* L, const Error& error, const std::string& detail);

// Pushes the table of metatables in which the classes are.
void push_tls_metatables(lua_State* L);

// Each on the table of all metatables, which is on top of the stack.
void define_tls_config(lua_State* L);
void define_tls_session(lua_State* L);
void add_tls_queries(lua_State* L); // to the class of sessions
void add_tls_session(lua_State* L); // to the table below

// Pushes a list of these methods' names.
void push_tls_query_names(lua_State* L);

} // namespace llnet
