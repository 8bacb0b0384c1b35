// SPDX-License-Identifier: MIT
#include "core/tls/context.hpp"

#include "core/sys/kernel_tls.hpp"
#include "core/tls/callbacks.hpp"
#include "core/tls/handles.hpp"
#include "core/tls/pem.hpp"
#include "core/tls/tickets.hpp"
#include "core/tls/trust.hpp"

#include <algorithm>
#include <array>
#include <new>

namespace llnet::tls {

namespace {

struct Version {
    unsigned bit;
    int number;
    std::uint64_t option_without;
};

constexpr std::array versions{
    Version{tls_1_0, TLS1_VERSION, SSL_OP_NO_TLSv1},
    Version{tls_1_1, TLS1_1_VERSION, SSL_OP_NO_TLSv1_1},
    Version{tls_1_2, TLS1_2_VERSION, SSL_OP_NO_TLSv1_2},
    Version{tls_1_3, TLS1_3_VERSION, SSL_OP_NO_TLSv1_3},
};

constexpr const char* op_of(Role role) noexcept
{
    return role == Role::client ? "client" : "server";
}

Failure refusal(Role role, const char* detail)
{
    return {tls_error(tls_config, op_of(role)), detail};
}

std::string sha256(std::string_view bytes)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
        throw std::bad_alloc();
    }
    return {reinterpret_cast<const char*>(digest.data()), size};
}

// Digest: X509_digest or X509_CRL_digest.
template <class T, class Digest>
void append_digests(std::string& text, const std::vector<std::shared_ptr<T>>& objects, Digest digest)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    for (const std::shared_ptr<T>& object : objects) {
        if (digest(object.get(), EVP_sha256(), bytes.data(), &size) != 1) {
            throw std::bad_alloc();
        }
        text.append(reinterpret_cast<const char*>(bytes.data()), size);
    }
    text += ';';
}

// A client's own certificate belongs to that: the server knows it by what is resumed.
std::string digest_of_trust(const Settings& settings, Role role)
{
    std::string text;
    for (const int value : {static_cast<int>(settings.client_certificate), int{settings.verifies_certificate},
                            int{settings.verifies_name}, int{settings.verifies_time}, int{settings.requires_staple},
                            settings.verify_depth}) {
        text += std::to_string(value) + ';';
    }
    append_digests(text, settings.authorities, X509_digest);
    append_digests(text, settings.crls, X509_CRL_digest);
    if (role == Role::client) {
        append_digests(text, settings.keypair.chain, X509_digest);
    }
    return sha256(text + settings.authorities_path);
}

// The protocols that the ciphers are for.
unsigned usable_protocols(const SSL_CTX* native) noexcept
{
    unsigned usable = 0;
    const STACK_OF(SSL_CIPHER)* ciphers = SSL_CTX_get_ciphers(native);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
        const std::string_view since = SSL_CIPHER_get_version(sk_SSL_CIPHER_value(ciphers, i));
        if (since == "TLSv1.3") {
            usable |= tls_1_3;
        } else {
            usable |= since == "TLSv1.2" ? tls_1_2 : tls_1_0 | tls_1_1 | tls_1_2;
        }
    }
    return usable;
}

} // namespace

Context::Context(const Settings& settings, Role role)
    : settings_(settings), digest_of_trust_(tls::digest_of_trust(settings, role)), role_(role),
      native_(SSL_CTX_new(role == Role::client ? TLS_client_method() : TLS_server_method()))
{
    if (native_ == nullptr) {
        throw std::bad_alloc();
    }
}

Context::~Context()
{
    SSL_CTX_free(native_);
}

Outcome<> Context::make(const Settings& settings, Role role, std::shared_ptr<const Context>& into, std::string& detail)
{
    clear_errors();
    const std::shared_ptr<Context> made(new Context(settings, role));
    Problem problem = made->check_role();
    if (!problem) {
        problem = made->set_up();
    }
    clear_errors();
    if (problem) {
        detail = std::move(problem->detail);
        return failed(problem->error);
    }
    into = made;
    return done();
}

// What is for the other role, and what this one cannot do without, is a mistake of the program.
Context::Problem Context::check_role() const
{
    const Keypair& first = settings_.keypair;
    const bool has_more = !settings_.more_keypairs.empty();
    struct Rule {
        bool is_broken;
        Role role;
        const char* detail;
    };
    const Rule rules[] = {
        {settings_.client_certificate != ClientCertificate::ignored, Role::client, "verify_client is for servers"},
        {has_more, Role::client, "add_keypair is for servers"},
        {!first.staple.empty(), Role::client, "set_ocsp_staple is for servers"},
        {!settings_.ticket_keys.empty(), Role::client, "add_ticket_key is for servers"},
        {settings_.dhe != 0, Role::client, "set_dheparams is for servers"},
        {settings_.session_fd >= 0, Role::server, "set_session_fd is for clients"},
        {settings_.requires_staple, Role::server, "ocsp_require_stapling is for clients"},
        {first.chain.empty() && !has_more, Role::server, "a server needs a certificate: set_keypair"},
        {settings_.client_certificate != ClientCertificate::ignored && settings_.authorities.empty() &&
             settings_.authorities_path.empty(),
         Role::server, "verify_client needs the authorities of clients: set_ca"},
    };
    const auto* broken = std::find_if(std::begin(rules), std::end(rules),
                                      [this](const Rule& rule) { return rule.role == role_ && rule.is_broken; });
    if (broken != std::end(rules)) {
        return refusal(role_, broken->detail);
    }
    if (first.chain.empty() != (first.key == nullptr)) {
        return refusal(role_, first.key == nullptr ? "a certificate without its key" : "a key without its certificate");
    }
    return std::nullopt;
}

Context::Problem Context::set_up()
{
    SSL_CTX_set_app_data(native_, this);
    SSL_CTX_set_mode(native_,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(native_, 1);
    SSL_CTX_set_options(native_, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_options(native_, sys::has_kernel_tls(sys::host()) ? SSL_OP_ENABLE_KTLS : 0);
    const int usual_level = SSL_CTX_get_security_level(native_);
    set_protocols();
    Problem problem = set_algorithms();
    // Whatever ciphers and protocols ask for, certificates are no weaker than usual.
    X509_VERIFY_PARAM_set_auth_level(SSL_CTX_get0_param(native_),
                                     std::max(usual_level, SSL_CTX_get_security_level(native_)));
    if (!problem) {
        problem = set_keypair();
    }
    if (!problem) {
        problem = set_trust();
    }
    if (problem) {
        return problem;
    }
    set_verification();
    if (!settings_.keylog_path.empty()) {
        SSL_CTX_set_keylog_callback(native_, Callbacks::log_key);
    }
    if (role_ == Role::client) {
        set_client();
    } else {
        set_server();
    }
    return std::nullopt;
}

void Context::set_protocols() noexcept
{
    const auto has = [this](const Version& version) { return (settings_.protocols & version.bit) != 0; };
    const auto* lowest = std::find_if(versions.begin(), versions.end(), has);
    const auto highest = std::find_if(versions.rbegin(), versions.rend(), has);
    SSL_CTX_set_min_proto_version(native_, lowest->number);
    SSL_CTX_set_max_proto_version(native_, highest->number);
    for (const Version& version : versions) {
        SSL_CTX_set_options(native_, has(version) ? 0 : version.option_without);
    }
    if (lowest->number < TLS1_2_VERSION) { // their handshakes are signed with SHA-1
        SSL_CTX_set_security_level(native_, 0);
    }
}

Context::Problem Context::set_algorithms()
{
    const bool has_suites = !settings_.suites.empty();
    const char* ciphers = settings_.ciphers.empty() ? usual_ciphers : settings_.ciphers.c_str();
    if (SSL_CTX_set_cipher_list(native_, ciphers) != 1 ||
        (has_suites && SSL_CTX_set_ciphersuites(native_, settings_.suites.c_str()) != 1) ||
        (!settings_.groups.empty() && SSL_CTX_set1_groups_list(native_, settings_.groups.c_str()) != 1)) {
        return take_failure(tls_config, op_of(role_));
    }
    const unsigned unusable = settings_.protocols & ~usable_protocols(native_);
    if ((unusable & tls_1_2) != 0) {
        return refusal(role_, "no cipher of TLS 1.2: set_ciphers, or set_protocols without it");
    }
    if ((unusable & (tls_1_0 | tls_1_1)) != 0) {
        return refusal(role_, "no cipher of TLS 1.0 and 1.1: set_ciphers('compat')");
    }
    return std::nullopt;
}

namespace {

Problem use(SSL_CTX* native, const Keypair& keypair, const char* op)
{
    bool is_used = SSL_CTX_use_certificate(native, keypair.chain.front().get()) == 1 &&
                   SSL_CTX_use_PrivateKey(native, keypair.key.get()) == 1;
    for (std::size_t i = 1; i < keypair.chain.size() && is_used; ++i) {
        is_used = SSL_CTX_add1_chain_cert(native, keypair.chain[i].get()) == 1;
    }
    return is_used ? std::nullopt : Problem(take_failure(tls_config, op));
}

} // namespace

// The first keypair; a server with several chooses among them later.
Context::Problem Context::set_keypair()
{
    const char* op = op_of(role_);
    Problem problem;
    const Keypair* first = nullptr;
    settings_.any_keypair([&](const Keypair& keypair) {
        first = first == nullptr ? &keypair : first;
        problem = keypair.key == nullptr ? refusal(role_, "a certificate without its key")
                                         : check_key(keypair.chain.front(), keypair.key, op);
        return problem.has_value();
    });
    if (!problem && first != nullptr) {
        problem = use(native_, *first, op);
    }
    return problem;
}

// The authorities of the program, or those of the system.
Context::Problem Context::set_trust()
{
    const bool has_path = !settings_.authorities_path.empty();
    const bool is_of_system = role_ == Role::client && settings_.authorities.empty() && !has_path;
    if (is_of_system && settings_.crls.empty() && settings_.verifies_time) {
        const StoreHandle system = system_trust();
        if (system == nullptr) {
            return take_failure(tls_config, op_of(role_));
        }
        SSL_CTX_set1_cert_store(native_, system.get());
        return std::nullopt;
    }
    X509_STORE* store = SSL_CTX_get_cert_store(native_);
    bool is_set = !is_of_system || SSL_CTX_set_default_verify_paths(native_) == 1;
    for (const Certificate& authority : settings_.authorities) {
        is_set = is_set && X509_STORE_add_cert(store, authority.get()) == 1;
        if (role_ == Role::server && settings_.client_certificate != ClientCertificate::ignored) {
            is_set = is_set && SSL_CTX_add_client_CA(native_, authority.get()) == 1;
        }
    }
    if (has_path) {
        is_set = is_set && SSL_CTX_load_verify_dir(native_, settings_.authorities_path.c_str()) == 1;
    }
    if (!settings_.verifies_time) { // nor of those who sign staples
        X509_STORE_set_flags(store, X509_V_FLAG_NO_CHECK_TIME);
    }
    for (const Crl& crl : settings_.crls) {
        is_set = is_set && X509_STORE_add_crl(store, crl.get()) == 1;
    }
    return is_set ? std::nullopt : Problem(take_failure(tls_config, op_of(role_)));
}

void Context::set_verification() noexcept
{
    int mode = SSL_VERIFY_NONE;
    if (role_ == Role::client) {
        mode = settings_.verifies_certificate || settings_.verifies_name ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
    } else if (settings_.client_certificate != ClientCertificate::ignored) {
        const bool is_required = settings_.client_certificate == ClientCertificate::required;
        mode = SSL_VERIFY_PEER | (is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
    }
    SSL_CTX_set_verify(native_, mode, Callbacks::verify);
    X509_VERIFY_PARAM* parameters = SSL_CTX_get0_param(native_);
    unsigned long flags = settings_.verifies_time ? 0 : X509_V_FLAG_NO_CHECK_TIME;
    flags |= settings_.crls.empty() ? 0 : X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
    X509_VERIFY_PARAM_set_flags(parameters, flags);
    X509_VERIFY_PARAM_set_depth(parameters, settings_.verify_depth);
    X509_VERIFY_PARAM_set_hostflags(parameters,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
}

void Context::set_client()
{
    const std::string& names = settings_.protocol_names;
    if (!names.empty()) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(names.data());
        if (SSL_CTX_set_alpn_protos(native_, bytes, static_cast<unsigned>(names.size())) != 0) {
            throw std::bad_alloc();
        }
    }
    SSL_CTX_set_session_cache_mode(native_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(native_, Callbacks::keep_session);
    if (settings_.verifies_certificate || settings_.requires_staple) {
        SSL_CTX_set_tlsext_status_type(native_, TLSEXT_STATUSTYPE_ocsp);
        SSL_CTX_set_tlsext_status_cb(native_, Callbacks::check_staple);
    }
}

void Context::set_server()
{
    SSL_CTX_set_options(native_, settings_.prefers_client_ciphers ? 0 : SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_dh_auto(native_, settings_.dhe);
    if (!settings_.protocol_names.empty()) {
        SSL_CTX_set_alpn_select_cb(native_, Callbacks::choose_protocol, nullptr);
    }
    if (!settings_.more_keypairs.empty()) {
        SSL_CTX_set_cert_cb(native_, Callbacks::choose_keypair, nullptr);
    }
    SSL_CTX_set_tlsext_status_cb(native_, Callbacks::staple);
    set_sessions();
}

// Of a server: in tickets only, so that no memory of it is taken.
void Context::set_sessions()
{
    SSL_CTX_set_session_cache_mode(native_, SSL_SESS_CACHE_OFF);
    if (settings_.session_lifetime.count() == 0) {
        SSL_CTX_set_options(native_, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(native_, 0);
        return;
    }
    tickets_ = std::make_unique<Tickets>(settings_.ticket_keys, settings_.session_lifetime);
    SSL_CTX_set_timeout(native_, settings_.session_lifetime.count());
    SSL_CTX_set_tlsext_ticket_key_evp_cb(native_, Callbacks::use_ticket_key);
    SSL_CTX_set_session_ticket_cb(native_, Callbacks::stamp_session, Callbacks::check_session, nullptr);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    std::string id = settings_.session_id;
    if (id.empty()) {
        if (X509_digest(SSL_CTX_get0_certificate(native_), EVP_sha256(), digest.data(), &size) != 1) {
            throw std::bad_alloc();
        }
        id.assign(reinterpret_cast<const char*>(digest.data()), size);
    }
    if (settings_.client_certificate != ClientCertificate::ignored) { // who resumes does not show one again
        id = sha256(id + digest_of_trust_);
    }
    SSL_CTX_set_session_id_context(native_, reinterpret_cast<const unsigned char*>(id.data()),
                                   static_cast<unsigned>(id.size()));
}

} // namespace llnet::tls
