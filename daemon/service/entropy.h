// Randomness that nobody can guess, for secrets.
#pragma once

#include <cstddef>
#include <string>

namespace tagscout {

// That many bytes from the kernel. Throws std::system_error if it has none.
std::string kernel_entropy(size_t bytes);

}  // namespace tagscout
