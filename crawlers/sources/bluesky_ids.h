// Names of things on Bluesky, checked before anything is stored or asked under them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/model/ids.h"

namespace tagscout {

// The collections that are read.
constexpr std::string_view post_collection = "app.bsky.feed.post";
constexpr std::string_view follow_collection = "app.bsky.graph.follow";

// "did:plc:…", by the grammar that the network holds its servers to.
bool is_did(std::string_view text);

// The last part of a record's address.
bool is_record_key(std::string_view text);

// The id of the post that `did` keeps under `record_key`.
PostId bluesky_post_id(std::string_view did, std::string_view record_key);

// Where people see the account, and the post.
std::string bluesky_account_url(std::string_view did);
std::string bluesky_post_url(std::string_view did, std::string_view record_key);

// "at://DID/app.bsky.feed.post/RKEY" taken apart; nothing for any other address.
struct PostAddress {
  std::string did;
  std::string record_key;
};
std::optional<PostAddress> parse_post_address(std::string_view uri);

}  // namespace tagscout
