// SPDX-License-Identifier: MIT
#include "core/tls/trust.hpp"

#include "core/sys/file.hpp"
#include "core/tls/config.hpp"

#include <mutex>
#include <utility>

namespace llnet::tls {

namespace {

// Which file they were read from, and how that was.
struct Origin {
    std::string path;
    sys::FileVersion version;

    friend bool operator==(const Origin&, const Origin&) = default;
};

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
    Origin origin{default_ca_cert_file(), {}};
    origin.version = sys::version_of_file(origin.path.c_str());
    if (last.store == nullptr || origin != last.origin) {
        last.store = read_store();
        last.origin = std::move(origin);
    }
    return last.store != nullptr ? shared(last.store.get()) : nullptr;
}

} // namespace llnet::tls
