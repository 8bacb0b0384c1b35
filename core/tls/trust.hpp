// SPDX-License-Identifier: MIT
// The authorities of the system. Included by files of core/tls only.
#pragma once

#include "core/tls/handles.hpp"

namespace llnet::tls {

using StoreHandle = Handle<X509_STORE, X509_STORE_free>;

// All of them in a store that is not to be changed, since others have it as well: to read them takes tens of
// milliseconds. It is another one when their file or a directory has changed. nullptr: OpenSSL tells why. Throws
// std::bad_alloc.
StoreHandle system_trust();

} // namespace llnet::tls
