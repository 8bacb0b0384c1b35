// SPDX-License-Identifier: MIT
#pragma once

namespace llnet::test {

// While it lives, accept(2) tells a peer's address of size 0, as macOS does for a connection that was gone before it
// was taken. The connection itself is real.
class AcceptWithoutAddress {
public:
    AcceptWithoutAddress() noexcept;
    ~AcceptWithoutAddress();
    AcceptWithoutAddress(const AcceptWithoutAddress&) = delete;
    AcceptWithoutAddress& operator=(const AcceptWithoutAddress&) = delete;
};

} // namespace llnet::test
