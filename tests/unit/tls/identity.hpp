// SPDX-License-Identifier: MIT
#pragma once

#include "core/tls/config.hpp"

namespace llnet::test {

// A certificate for localhost, which signs itself, and its key: PEM.
struct Identity {
    std::string certificate;
    std::string key;
};

// The one of this process.
const Identity& identity();

// Of a client that trusts it, and of a server that has it.
tls::Settings trusting();
tls::Settings proving();

} // namespace llnet::test
