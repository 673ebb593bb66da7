// `--set KEY=VALUE`: values of the command line in place of those of the file.
#pragma once

#include <string>
#include <vector>

#include "config/problems.h"
#include "config/value.h"

namespace tagscout {

// Puts each override into the document. KEY is SECTION.KEY, for sections with a name
// SECTION.NAME.KEY ("source.mastodon.social.poll"): such a band, niche or source must be in the
// document. Reports what cannot be placed.
void apply_overrides(Value& document, const std::vector<std::string>& overrides,
                     Problems& problems);

}  // namespace tagscout
