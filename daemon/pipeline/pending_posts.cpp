#include "daemon/pipeline/pending_posts.h"

#include <utility>

#include "crawlers/source.h"
#include "crawlers/url.h"
#include "storage/post_store.h"

namespace tagscout {
namespace {

// The post that a row holds; null if the row is of another version, or damaged.
PostSighting* post_of(std::optional<Batch>& batch) {
  if (!batch || batch->events.size() != 1) return nullptr;
  return std::get_if<PostSighting>(&batch->events.front());
}

}  // namespace

PendingPosts::PendingPosts(Workspace& workspace, AccountIngest& accounts, PostIngest& posts,
                           const IngestOptions& options)
    : workspace_(workspace), accounts_(accounts), posts_(posts), options_(options) {
  workspace_.transaction().scan(Column::meta, keys::pending(), {},
                                [this](std::string_view, std::string_view) {
                                  ++total_;
                                  return true;
                                });
}

void PendingPosts::drop() { ++workspace_.effects().dropped["identity"]; }

bool PendingPosts::may_resolve(const std::string& handle) const {
  const size_t at = handle.find('@');
  if (at == 0 || at == std::string::npos) return false;
  const std::optional<Url> domain = parse_url("https://" + handle.substr(at + 1));
  return domain && domain->target == "/" && options_.may_ask(domain->origin());
}

void PendingPosts::keep(const PostSighting& post, const BatchOrigin& batch) {
  // Of a post without a watched tag nothing would be kept either way.
  if (post.reread || !posts_.watches(post)) return;
  const std::string& handle = post.author.handle;
  if (network_of_id(post.id.text()) != Network::activitypub || !may_resolve(handle)) return drop();
  const KeyHasher& hasher = workspace_.hasher();
  const std::string of_handle = keys::pending(hasher.handle(handle));
  const std::string row =
      keys::pending(hasher.handle(handle), hasher.post(AccountKey(), post.id).post);
  Transaction& transaction = workspace_.transaction();
  const std::optional<std::string> before = transaction.get(Column::meta, row);
  PostSighting kept = post;
  if (before) {
    // Once wished is wished, whatever the next copy shows.
    std::optional<Batch> earlier = decode_batch(*before);
    if (const PostSighting* seen = post_of(earlier)) {
      kept.author.opt_outs = OptOuts(
          static_cast<uint16_t>(kept.author.opt_outs.bits() | seen->author.opt_outs.bits()));
    }
  } else {
    size_t waiting = 0;
    transaction.scan(Column::meta, of_handle, {},
                     [&](std::string_view, std::string_view) { return ++waiting < handle_max; });
    if (waiting >= handle_max || total_ >= total_max) return drop();
    ++total_;
  }
  Batch value;
  value.source = batch.source;
  value.now = batch.now;
  value.clock_right = batch.clock_right;
  value.events.emplace_back(std::move(kept));
  transaction.put(Column::meta, row, encode_batch(value));
  workspace_.effects().unresolved.push_back(handle);
}

void PendingPosts::apply(const HandleResolved& event) {
  Transaction& transaction = workspace_.transaction();
  std::vector<std::pair<std::string, std::string>> rows;
  transaction.scan(Column::meta, keys::pending(workspace_.hasher().handle(event.handle)), {},
                   [&](std::string_view key, std::string_view value) {
                     rows.emplace_back(key, value);
                     return true;
                   });
  for (const auto& [key, value] : rows) {
    transaction.remove(Column::meta, key);
    --total_;
  }
  for (const auto& [key, value] : rows) {
    std::optional<Batch> waiting = decode_batch(value);
    const PostSighting* const post = post_of(waiting);
    // A domain speaks for its own people, and those post at home.
    const bool proven = post != nullptr && !event.id.empty() &&
                        home_host(post->id.text()) == home_host(event.id.text());
    if (proven) {
      record(*std::move(waiting), event.id);
    } else {
      drop();
    }
  }
}

void PendingPosts::record(Batch waiting, const AccountId& author) {
  PostSighting post = std::get<PostSighting>(std::move(waiting.events.front()));
  post.author.id = author;
  const BatchOrigin batch{waiting.source, waiting.now, waiting.clock_right};
  const PostRow row =
      posts::row(workspace_.transaction(), workspace_.hasher().post(author, post.id));
  const bool seen_since = row.record && row.record->counts_at > waiting.now;
  if (!seen_since) return posts_.apply(post, batch);
  // Older than what is known of the post; what it says of its author still counts.
  accounts_.apply(post.author, batch);
}

void PendingPosts::forget(const Purged& account) {
  if (total_ == 0 || account.handle.empty()) return;
  Transaction& transaction = workspace_.transaction();
  const std::string home = home_host(account.id.text());
  std::vector<std::string> rows;
  transaction.scan(Column::meta, keys::pending(workspace_.hasher().handle(account.handle)), {},
                   [&](std::string_view key, std::string_view value) {
                     std::optional<Batch> waiting = decode_batch(value);
                     const PostSighting* const post = post_of(waiting);
                     if (post != nullptr && home_host(post->id.text()) == home) {
                       rows.emplace_back(key);
                     }
                     return true;
                   });
  for (const std::string& row : rows) {
    transaction.remove(Column::meta, row);
    --total_;
    ++workspace_.effects().dropped["gone"];
  }
}

std::vector<std::string> PendingPosts::handles(const Reader& reader) {
  std::vector<std::string> found;
  AccountKey last{};
  reader.scan(Column::meta, keys::pending(), {}, [&](std::string_view key, std::string_view value) {
    const AccountKey hash = keys::index_account(key.substr(0, keys::pending(last).size()));
    std::optional<Batch> waiting = hash == last ? std::nullopt : decode_batch(value);
    last = hash;
    if (const PostSighting* post = post_of(waiting)) found.push_back(post->author.handle);
    return true;
  });
  return found;
}

}  // namespace tagscout
