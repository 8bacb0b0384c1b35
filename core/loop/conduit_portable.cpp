// SPDX-License-Identifier: MIT
#include "core/loop/conduit.hpp"

namespace llnet {

std::unique_ptr<Conduit> make_conduit(const sys::System& system)
{
    return make_memory_conduit(system);
}

} // namespace llnet
