// What an AppView answers, as sightings, and how it says no. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawlers/error.h"
#include "crawlers/event.h"

namespace tagscout {

// When the AppView answered, and how far that can be believed.
struct AppViewMoment {
  Time now{};                        // labels expire
  bool stale = false;                // the answer came from a cache: nothing in it is an origin's
  std::vector<std::string> bridges;  // hosts of copies from another network
};

// Rows by their own names, never by their place in the answer: what is missing is simply left out
// there. A row that cannot be read has its error.
using ProfileRows = std::map<std::string, Result<AccountSighting>>;  // by DID
using PostRows = std::map<std::string, Result<PostSighting>>;        // by at:// URI

// app.bsky.actor.getProfiles, app.bsky.actor.getProfile, app.bsky.feed.getPosts. They fail with
// protocol if the answer is none of these.
Result<ProfileRows> parse_profiles(std::string_view body, const AppViewMoment& moment);
Result<AccountSighting> parse_profile(std::string_view body, const AppViewMoment& moment);
Result<PostRows> parse_posts(std::string_view body, const AppViewMoment& moment);

// An answer that failed, its kind corrected by the error that its body names.
Error xrpc_error(Error error);

// Why the account is gone, if the answer that failed says so; "not found" is no reason.
std::optional<GoneReason> xrpc_gone_reason(const Error& error);

}  // namespace tagscout
