// SPDX-License-Identifier: MIT
#include "core/loop/signals.hpp"

namespace llnet {

std::unique_ptr<SignalSource> make_signal_source(const sys::System& system)
{
    return make_handler_source(system);
}

} // namespace llnet
