// SPDX-License-Identifier: MIT
#include "core/tls/trust.hpp"

#include "core/sys/file.hpp"
#include "core/tls/config.hpp"
#include "core/tls/lists.hpp"

#include <cstdlib>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace llnet::tls {

namespace {

// The file and the directories that they are read from.
std::vector<std::string> places()
{
    std::vector<std::string> found{default_ca_cert_file()};
    const char* named = std::getenv(X509_get_default_cert_dir_env());
    std::string_view rest = named != nullptr ? named : X509_get_default_cert_dir();
    while (!rest.empty()) {
        found.emplace_back(take_name(rest, ":"));
    }
    return found;
}

// Where they were read from, and how that was.
struct Origin {
    std::vector<std::string> paths;
    std::vector<sys::FileVersion> versions;

    friend bool operator==(const Origin&, const Origin&) = default;
};

Origin current_origin()
{
    Origin origin{places(), {}};
    for (const std::string& path : origin.paths) {
        origin.versions.push_back(sys::version_of_file(path.c_str()));
    }
    return origin;
}

struct Read {
    std::mutex mutex;
    StoreHandle store;
    Origin origin;
};

// It is never freed: OpenSSL may be gone when destructors run.
Read& last_read()
{
    static auto* const made = new Read;
    return *made;
}

StoreHandle read_store()
{
    StoreHandle store(X509_STORE_new());
    return store != nullptr && X509_STORE_set_default_paths(store.get()) == 1 ? std::move(store) : nullptr;
}

StoreHandle shared(X509_STORE* store) noexcept
{
    return StoreHandle(X509_STORE_up_ref(store) == 1 ? store : nullptr);
}

} // namespace

StoreHandle system_trust()
{
    Read& last = last_read();
    const std::unique_lock lock(last.mutex, std::try_to_lock);
    if (!lock.owns_lock()) { // in a child, that of a thread of its parent stays locked
        return read_store();
    }
    Origin origin = current_origin();
    if (last.store == nullptr || origin != last.origin) {
        last.store = read_store();
        last.origin = std::move(origin);
    }
    return last.store != nullptr ? shared(last.store.get()) : nullptr;
}

} // namespace llnet::tls
