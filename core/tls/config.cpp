// SPDX-License-Identifier: MIT
#include "core/tls/config.hpp"

#include "core/sys/file.hpp"
#include "core/tls/handles.hpp"
#include "core/tls/lists.hpp"
#include "core/tls/pem.hpp"

#include <algorithm>
#include <cerrno>
#include <new>
#include <openssl/crypto.h>

namespace llnet::tls {

namespace {

constexpr const char* private_expected = "a file of this user that nobody else can read is expected";

ContextHandle new_trial()
{
    clear_errors();
    ContextHandle made(SSL_CTX_new(TLS_method()));
    if (made == nullptr) {
        throw std::bad_alloc();
    }
    return made;
}

} // namespace

TicketKey::~TicketKey()
{
    OPENSSL_cleanse(secret.data(), secret.size());
}

Outcome<> Config::fail(Failure failure)
{
    detail_ = std::move(failure.detail);
    return failed(failure.error);
}

Outcome<> Config::refuse(const char* op, std::string detail)
{
    return fail({tls_error(tls_config, op), std::move(detail)});
}

Outcome<> Config::told(Problem problem)
{
    return problem ? fail(std::move(*problem)) : done();
}

template <class Set>
Outcome<> Config::with_file(const char* path, const char* op, Set set)
{
    Secret secret;
    if (const sys::Result<> read = sys::read_file(path, most_of_file, secret.text); !read.ok()) {
        return fail({system_error(read.error, op), path});
    }
    const Outcome<> out = set(std::string_view(secret.text));
    if (out.done() || out.error.kind != ErrorKind::tls) {
        return out;
    }
    return fail({tls_error(out.error.code, op), path + (": " + detail_)});
}

Outcome<> Config::set_ca(std::string_view pem)
{
    std::vector<Certificate> found;
    if (Problem problem = read_certificates(pem, "set_ca", found)) {
        return fail(std::move(*problem));
    }
    change().authorities = std::move(found);
    return done();
}

Outcome<> Config::set_ca_file(const char* path)
{
    return with_file(path, "set_ca_file", [this](std::string_view pem) { return set_ca(pem); });
}

Outcome<> Config::set_ca_path(const char* path)
{
    const sys::Result<> opened = sys::check_directory(path);
    if (!opened.ok()) {
        return fail({system_error(opened.error, "set_ca_path"), path});
    }
    change().authorities_path = path;
    return done();
}

Outcome<> Config::set_crl(std::string_view pem)
{
    std::vector<Crl> found;
    if (Problem problem = read_crls(pem, "set_crl", found)) {
        return fail(std::move(*problem));
    }
    change().crls = std::move(found);
    return done();
}

Outcome<> Config::set_crl_file(const char* path)
{
    return with_file(path, "set_crl_file", [this](std::string_view pem) { return set_crl(pem); });
}

Outcome<> Config::set_cert(std::string_view pem)
{
    std::vector<Certificate> chain;
    if (Problem problem = read_certificates(pem, "set_cert", chain)) {
        return fail(std::move(*problem));
    }
    change().keypair.chain = std::move(chain);
    return done();
}

Outcome<> Config::set_cert_file(const char* path)
{
    return with_file(path, "set_cert_file", [this](std::string_view pem) { return set_cert(pem); });
}

Outcome<> Config::set_key(std::string_view pem, std::string_view passphrase)
{
    Key key;
    if (Problem problem = read_key(pem, passphrase, "set_key", key)) {
        return fail(std::move(*problem));
    }
    change().keypair.key = std::move(key);
    return done();
}

Outcome<> Config::set_key_file(const char* path, std::string_view passphrase)
{
    return with_file(path, "set_key_file", [&](std::string_view pem) { return set_key(pem, passphrase); });
}

Outcome<> Config::set_ocsp_staple(std::string_view der)
{
    if (Problem problem = check_staple(der, "set_ocsp_staple")) {
        return fail(std::move(*problem));
    }
    change().keypair.staple = der;
    return done();
}

Outcome<> Config::set_ocsp_staple_file(const char* path)
{
    return with_file(path, "set_ocsp_staple_file", [this](std::string_view der) { return set_ocsp_staple(der); });
}

Outcome<> Config::make_keypair(const KeypairText& text, const char* op, Keypair& into)
{
    Problem problem = read_certificates(text.cert, op, into.chain);
    if (!problem) {
        problem = read_key(text.key, text.passphrase, op, into.key);
    }
    if (!problem) {
        problem = check_key(into.chain.front(), into.key, op);
    }
    if (!problem && !text.staple.empty()) {
        problem = check_staple(text.staple, op);
        into.staple = text.staple;
    }
    return told(std::move(problem));
}

// Takes what make(keypair) fills.
template <class Make>
Outcome<> Config::take_keypair(bool is_another, Make make)
{
    Keypair made;
    const Outcome<> out = make(made);
    if (out.done() && is_another) {
        change().more_keypairs.push_back(std::move(made));
    } else if (out.done()) {
        change().keypair = std::move(made);
    }
    return out;
}

Outcome<> Config::set_keypair(const KeypairText& text)
{
    return take_keypair(false, [&](Keypair& into) { return make_keypair(text, "set_keypair", into); });
}

Outcome<> Config::add_keypair(const KeypairText& text)
{
    return take_keypair(true, [&](Keypair& into) { return make_keypair(text, "add_keypair", into); });
}

Outcome<> Config::read_keypair(const KeypairPaths& paths, const char* op, Keypair& into)
{
    Outcome<> out =
        with_file(paths.cert, op, [&](std::string_view pem) { return told(read_certificates(pem, op, into.chain)); });
    if (out.done()) {
        out = with_file(paths.key, op, [&](std::string_view pem) {
            Problem problem = read_key(pem, paths.passphrase, op, into.key);
            return told(problem ? std::move(problem) : check_key(into.chain.front(), into.key, op));
        });
    }
    if (out.done() && paths.staple != nullptr) {
        out = with_file(paths.staple, op, [&](std::string_view der) {
            into.staple = der;
            return told(check_staple(der, op));
        });
    }
    return out;
}

Outcome<> Config::set_keypair_file(const KeypairPaths& paths)
{
    return take_keypair(false, [&](Keypair& into) { return read_keypair(paths, "set_keypair_file", into); });
}

Outcome<> Config::add_keypair_file(const KeypairPaths& paths)
{
    return take_keypair(true, [&](Keypair& into) { return read_keypair(paths, "add_keypair_file", into); });
}

void Config::clear_keys() noexcept
{
    Settings& settings = change();
    settings.keypair.key.reset();
    for (Keypair& keypair : settings.more_keypairs) {
        keypair.key.reset();
    }
    settings.ticket_keys.clear();
}

Outcome<> Config::set_ciphers(std::string_view names)
{
    std::string ciphers(ciphers_named(names));
    std::string suites;
    const bool are_known = !ciphers.empty();
    for (std::string_view rest = are_known ? "" : names; !rest.empty();) {
        const std::string_view name = trimmed(take_name(rest, ":,"));
        append_name(name.starts_with("TLS_") ? suites : ciphers, name);
    }
    const ContextHandle trial = new_trial();
    const bool has_any = !ciphers.empty() || !suites.empty();
    if (!has_any || (!ciphers.empty() && SSL_CTX_set_cipher_list(trial.get(), ciphers.c_str()) != 1) ||
        (!suites.empty() && SSL_CTX_set_ciphersuites(trial.get(), suites.c_str()) != 1)) {
        clear_errors();
        return refuse("set_ciphers", "no cipher of OpenSSL in '" + std::string(names) + "'");
    }
    change().ciphers = std::move(ciphers);
    change().suites = std::move(suites);
    return done();
}

Outcome<> Config::set_ecdhecurves(std::string_view names)
{
    std::string groups;
    const bool is_usual = names == "default" || names == "auto";
    for (std::string_view rest = is_usual ? "" : names; !rest.empty();) {
        append_name(groups, trimmed(take_name(rest, ":,")));
    }
    const ContextHandle trial = new_trial();
    if (!is_usual && SSL_CTX_set1_groups_list(trial.get(), groups.c_str()) != 1) {
        clear_errors();
        return refuse("set_ecdhecurves", "unknown group in '" + std::string(names) + "'");
    }
    change().groups = std::move(groups);
    return done();
}

Outcome<> Config::set_dheparams(std::string_view name)
{
    constexpr std::string_view names[] = {"none", "auto", "legacy"}; // as SSL_CTX_set_dh_auto(3) counts them
    const auto* found = std::find(std::begin(names), std::end(names), name);
    if (found == std::end(names)) {
        return refuse("set_dheparams", "'none', 'auto' or 'legacy' expected");
    }
    change().dhe = static_cast<int>(found - std::begin(names));
    return done();
}

Outcome<> Config::set_alpn(std::string_view names)
{
    constexpr std::size_t most_of_name = 255;
    constexpr std::size_t most = 65535;
    std::string wire;
    for (std::string_view rest = names; !rest.empty();) {
        const std::string_view name = trimmed(take_name(rest, ","));
        if (name.empty() || name.size() > most_of_name) {
            return refuse("set_alpn", "a protocol has 1 to 255 bytes");
        }
        wire += static_cast<char>(name.size());
        wire += name;
    }
    if (wire.size() > most || names.ends_with(',')) {
        return refuse("set_alpn", "a list such as 'h2,http/1.1' expected");
    }
    change().protocol_names = std::move(wire);
    return done();
}

Outcome<> Config::set_protocols(unsigned protocols)
{
    if (protocols == 0 || (protocols & ~unsigned{all_protocols}) != 0) {
        return refuse("set_protocols", "no protocol, or an unknown one");
    }
    change().protocols = protocols;
    return done();
}

Outcome<> Config::set_session_fd(int fd)
{
    sys::FileIdentity file;
    if (fd >= 0) {
        if (const sys::Result<> checked = sys::check_private_file(fd, file); !checked.ok()) {
            const bool is_shared = checked.error == EPERM;
            return fail({system_error(checked.error, "set_session_fd"), is_shared ? private_expected : ""});
        }
    }
    Settings& settings = change();
    settings.session_fd = fd;
    settings.session_file = file;
    return done();
}

Outcome<> Config::set_session_id(std::string_view id)
{
    if (id.size() > SSL_MAX_SID_CTX_LENGTH) {
        return refuse("set_session_id", "longer than 32 bytes");
    }
    change().session_id = id;
    return done();
}

Outcome<> Config::set_session_lifetime(std::chrono::seconds lifetime)
{
    constexpr std::chrono::hours longest{24};
    if (lifetime < std::chrono::seconds(0) || lifetime > longest) {
        return refuse("set_session_lifetime", "out of range (0 to 86400)");
    }
    change().session_lifetime = lifetime;
    return done();
}

Outcome<> Config::add_ticket_key(std::uint32_t revision, std::string_view secret)
{
    constexpr std::size_t most_keys = 4;
    if (secret.size() != TicketKey::size) {
        return refuse("add_ticket_key", "48 bytes expected");
    }
    TicketKey key;
    key.revision = revision;
    std::copy(secret.begin(), secret.end(), key.secret.begin());
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    if (EVP_Digest(secret.data(), secret.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::bad_alloc();
    }
    std::copy_n(digest.begin(), key.name.size(), key.name.begin());
    const std::vector<TicketKey>& known = settings_.ticket_keys;
    const auto same = std::find_if(known.begin(), known.end(), [&](const TicketKey& each) {
        return each.revision == revision || each.name == key.name;
    });
    if (same != known.end()) {
        const bool is_newest = same == known.begin() && same->revision == revision && same->name == key.name;
        return is_newest ? done() : refuse("add_ticket_key", "an earlier key has this revision, or these bytes");
    }
    std::vector<TicketKey>& keys = change().ticket_keys;
    keys.insert(keys.begin(), key);
    keys.resize(std::min(keys.size(), most_keys));
    settings_.session_lifetime =
        settings_.session_lifetime.count() == 0 ? std::chrono::hours(2) : settings_.session_lifetime;
    return done();
}

Outcome<> Config::set_verify_depth(int depth)
{
    constexpr int deepest = 100;
    if (depth < 0 || depth > deepest) {
        return refuse("set_verify_depth", "out of range (0 to 100)");
    }
    change().verify_depth = depth;
    return done();
}

Outcome<> Config::set_keylog_file(const char* path)
{
    if (const sys::Result<> written = sys::append_line(path, ""); !written.ok()) {
        std::string detail = path;
        detail += written.error == EPERM ? std::string(": ") + private_expected : "";
        return fail({system_error(written.error, "set_keylog_file"), std::move(detail)});
    }
    change().keylog_path = path;
    return done();
}

void Config::verify() noexcept
{
    Settings& settings = change();
    settings.verifies_certificate = true;
    settings.verifies_name = true;
    settings.verifies_time = true;
}

} // namespace llnet::tls
