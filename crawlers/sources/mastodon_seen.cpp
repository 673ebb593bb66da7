#include "crawlers/sources/mastodon_seen.h"

#include <utility>
#include <variant>

namespace tagscout {

void MastodonSeen::add(const MastodonStatus& row, bool streamed) {
  const PostSighting* const post = row.event ? std::get_if<PostSighting>(&*row.event) : nullptr;
  if (post == nullptr) return;
  const auto [place, added] =
      posts_.try_emplace(row.id, Post{.id = post->id, .author = post->author.id});
  place->second.streamed = place->second.streamed || streamed;
  if (!added) return;
  order_.push_back(row.id);
  if (order_.size() <= posts_max_) return;
  posts_.erase(order_.front());
  order_.pop_front();
}

bool MastodonSeen::streamed(const std::string& id) const {
  const auto found = posts_.find(id);
  return found != posts_.end() && found->second.streamed;
}

std::optional<MastodonSeen::Post> MastodonSeen::take(const std::string& id) {
  const auto found = posts_.find(id);
  if (found == posts_.end()) return std::nullopt;
  Post post = std::move(found->second);
  posts_.erase(found);
  return post;
}

}  // namespace tagscout
