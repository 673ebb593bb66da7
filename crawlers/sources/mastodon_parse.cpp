#include "crawlers/sources/mastodon_parse.h"

#include <algorithm>
#include <utility>

#include "crawlers/json_document.h"
#include "crawlers/source.h"
#include "crawlers/tag.h"
#include "crawlers/text.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

// Longer ids and addresses are refused, longer names cut.
constexpr size_t uri_bytes_max = 2048;
constexpr size_t name_bytes_max = 512;

// An absent text, or an empty one, where the server says null.
std::string text_or_empty(const JsonValue& value) {
  return std::string(value.optional_text().value_or(std::string_view()));
}

// A URI that can be asked for and stored.
std::string read_uri(const JsonValue& value) {
  std::string uri = text_or_empty(value);
  if (!uri.empty() && (uri.size() > uri_bytes_max || home_host("ap:" + uri).empty())) {
    value.note("is not a web address");
  }
  return uri;
}

bool is_bridged(const std::string& uri, const MastodonView& view) {
  const std::optional<Url> url = parse_url(uri);
  return url && std::any_of(view.bridges.begin(), view.bridges.end(), [&](const std::string& host) {
           return url->host == host || url->host.ends_with("." + host);
         });
}

Provenance provenance_of(const std::string& uri, const MastodonView& view) {
  const bool home = !view.stale && home_host("ap:" + uri) == view.server;
  return home ? Provenance::origin : Provenance::foreign;
}

// A count that the server hides, or sets to 0 because it hides it, is unknown.
std::optional<int64_t> read_account_count(const JsonValue& value, bool zero_is_hidden) {
  const std::optional<int64_t> count = value.optional_count();
  if (!count || *count < 0 || (*count == 0 && zero_is_hidden)) return std::nullopt;
  return count;
}

Counts read_account_counts(const JsonValue& account, const MastodonView& view) {
  const bool hidden = account.field("hide_collections").optional_boolean().value_or(false);
  const JsonValue pleroma = account.field("pleroma");
  const auto hides = [&](std::string_view list, std::string_view count) {
    return view.zero_may_hide &&
           (hidden || pleroma.field(list).optional_boolean().value_or(false) ||
            pleroma.field(count).optional_boolean().value_or(false));
  };
  return {.followers = read_account_count(account.field("followers_count"),
                                          hides("hide_followers", "hide_followers_count")),
          .following = read_account_count(account.field("following_count"),
                                          hides("hide_follows", "hide_follows_count")),
          .posts = read_account_count(account.field("statuses_count"), false)};
}

// The actor's uri: said in one of two places, or told by what such a server always makes of names.
std::string read_actor(const JsonValue& account, const MastodonView& view) {
  std::string uri = read_uri(account.field("uri"));
  if (uri.empty()) uri = read_uri(account.field("pleroma").field("ap_id"));
  if (!uri.empty() || !view.classic_actors) return uri;
  const std::string acct(account.field("acct").optional_text().value_or(""));
  const bool local = !acct.empty() && acct.find_first_of("@/?#") == std::string::npos;
  return local ? view.server + "/users/" + acct : std::string();
}

OptOuts read_wishes(const JsonValue& account, Provenance provenance) {
  OptOuts wishes;
  // Only its own server knows: on a copy the field says nothing.
  wishes.set(OptOut::noindex, provenance == Provenance::origin &&
                                  account.field("noindex").optional_boolean().value_or(false));
  wishes.set(OptOut::nobot_tag,
             has_bio_marker_html(account.field("note").optional_text().value_or("")));
  wishes.set(OptOut::locked, account.field("locked").optional_boolean().value_or(false));
  wishes.set(OptOut::suspended, account.field("suspended").optional_boolean().value_or(false));
  return wishes;
}

// `acct` names the domain of everybody but the server's own people.
std::string read_handle(const JsonValue& account, const MastodonView& view) {
  const std::string_view acct = account.field("acct").text();
  if (acct.size() > name_bytes_max || acct.empty()) return {};
  if (acct.find('@') != std::string_view::npos) return std::string(acct);
  return view.domain.empty() ? std::string() : std::string(acct) + "@" + view.domain;
}

AccountSighting read_account(const JsonValue& account, const MastodonView& view) {
  AccountSighting sighting;
  const std::string uri = read_actor(account, view);
  if (!uri.empty()) sighting.id = AccountId(Network::activitypub, uri);
  sighting.provenance = provenance_of(uri, view);
  sighting.handle = read_handle(account, view);
  sighting.display_name = clipped(text_or_empty(account.field("display_name")), name_bytes_max);
  sighting.url = clipped(text_or_empty(account.field("url")), uri_bytes_max);
  if (sighting.provenance == Provenance::origin) {
    sighting.home_id = clipped(account.field("id").text(), name_bytes_max);
  }
  sighting.counts = read_account_counts(account, view);
  sighting.bot = account.field("bot").optional_boolean();
  sighting.discoverable = account.field("discoverable").optional_boolean();
  sighting.opt_outs = read_wishes(account, sighting.provenance);
  const std::string successor = read_uri(account.field("moved").field("uri"));
  if (!successor.empty()) sighting.moved_to = AccountId(Network::activitypub, successor).text();
  sighting.bridged = is_bridged(uri, view);
  return sighting;
}

Engagement read_post_counts(const JsonValue& status) {
  Engagement counts;
  const auto read = [&](std::string_view key) -> std::optional<int64_t> {
    const std::optional<int64_t> count = status.field(key).optional_count();
    if (!count || *count >= 0) return count;
    counts.hidden = true;
    return std::nullopt;
  };
  counts.likes = read("favourites_count");
  counts.reposts = read("reblogs_count");
  counts.replies = read("replies_count");
  counts.quotes = read("quotes_count");
  return counts;
}

std::optional<std::vector<std::string>> read_tags(const JsonValue& tags) {
  if (!tags.has_value()) return std::nullopt;
  std::vector<std::string> keys;
  tags.each([&keys](const JsonValue& tag) { add_post_tag(tag.field("name").text(), keys); });
  return keys;
}

Time read_time(const JsonValue& value) {
  const std::optional<Time> time = parse_time(value.text());
  if (!time) value.note("is not a time");
  return time.value_or(Time());
}

void forget_identity(AccountSighting& account) {
  account.id = AccountId();
  account.provenance = Provenance::foreign;
  account.home_id.clear();
}

PostSighting read_post(const JsonValue& status, std::string_view tag, const MastodonView& view) {
  PostSighting post;
  const std::string uri = read_uri(status.field("uri"));
  if (uri.empty()) status.field("uri").note("is missing");
  post.id = PostId(Network::activitypub, uri);
  const JsonValue account = status.field("account");
  if (!account.has_value()) account.note("is missing");
  post.author = read_account(account, view);
  // Under an address of the server that is not its name its own people would become strangers.
  if (view.classic_actors && home_host(post.id.text()) != view.server) forget_identity(post.author);
  // Who is known by handle alone lives where the post does.
  if (post.author.id.empty()) post.author.bridged = is_bridged(uri, view);
  // A server speaks for a post only where it speaks for its author as well.
  post.provenance =
      post.author.provenance == Provenance::origin ? provenance_of(uri, view) : Provenance::foreign;
  post.url = clipped(text_or_empty(status.field("url")), uri_bytes_max);
  post.created_at = read_time(status.field("created_at"));
  post.language = clipped(text_or_empty(status.field("language")), name_bytes_max);
  post.tags = read_tags(status.field("tags"));
  if (!post.tags) post.queried_tag = tag;
  post.folded = true;
  post.counts = read_post_counts(status);
  return post;
}

// The event that a post stands for.
Event event_of(PostSighting post) {
  const AccountSighting& author = post.author;
  if (author.opt_outs.has(OptOut::suspended) && author.provenance == Provenance::origin) {
    return AccountGone{.id = author.id, .reason = GoneReason::suspended};
  }
  return post;
}

Event event_of(AccountSighting account) {
  if (account.opt_outs.has(OptOut::suspended) && account.provenance == Provenance::origin) {
    return AccountGone{.id = account.id, .reason = GoneReason::suspended};
  }
  return account;
}

JsonValue unwrapped(const JsonValue& status) {
  const JsonValue boosted = status.field("reblog");
  return boosted.has_value() ? boosted : status;
}

bool is_public(const JsonValue& status) { return status.field("visibility").text() == "public"; }

void read_row(const JsonValue& value, std::string_view tag, const MastodonView& view,
              MastodonPage& page) {
  JsonProblem problem;
  const JsonValue outer = value.reported_to(problem);
  MastodonStatus row;
  row.id = outer.field("id").text();
  if (problem.found() || row.id.empty() || row.id.size() > name_bytes_max) {
    ++page.dropped["protocol"];
    return;
  }
  const JsonValue status = unwrapped(outer);
  const bool shown = is_public(status);
  PostSighting post = read_post(status, tag, view);
  if (problem.found()) {
    ++page.dropped["protocol"];
  } else {
    row.created_at = post.created_at;
    if (shown) {
      row.event = event_of(std::move(post));
    } else {
      row.shown = false;
      ++page.dropped["visibility"];
    }
  }
  page.rows.push_back(std::move(row));
}

}  // namespace

Result<MastodonPage> parse_timeline(std::string_view body, std::string_view tag,
                                    const MastodonView& view) {
  Result<MastodonPage> page = read_json(body, [&](const JsonValue& root) {
    if (!root.has_value()) root.note("is not an array");
    MastodonPage read;
    root.each([&](const JsonValue& row) { read_row(row, tag, view, read); });
    return read;
  });
  if (page && page->rows.empty() && !page->dropped.empty()) {
    return Error(ErrorKind::protocol, "no row of the timeline could be read");
  }
  return page;
}

Result<std::optional<Event>> parse_status(std::string_view body, const MastodonView& view) {
  return read_json(body, [&](const JsonValue& root) {
    const JsonValue status = unwrapped(root);
    const bool shown = is_public(status);
    PostSighting post = read_post(status, {}, view);
    post.reread = true;
    return shown ? std::optional<Event>(event_of(std::move(post))) : std::nullopt;
  });
}

Result<Event> parse_account(std::string_view body, const MastodonView& view) {
  return read_json(body, [&](const JsonValue& root) {
    if (!root.has_value()) root.note("is missing");
    return event_of(read_account(root, view));
  });
}

Result<std::vector<MastodonAccount>> parse_accounts(std::string_view body,
                                                    const MastodonView& view) {
  return read_json(body, [&](const JsonValue& root) {
    if (!root.has_value()) root.note("is not an array");
    std::vector<MastodonAccount> rows;
    root.each([&](const JsonValue& value) {
      JsonProblem own_problem;
      const JsonValue account = value.reported_to(own_problem);
      MastodonAccount row{.id = std::string(account.field("id").text()), .event = std::nullopt};
      AccountSighting sighting = read_account(account, view);
      if (!own_problem.found()) row.event = event_of(std::move(sighting));
      if (!row.id.empty() && row.id.size() <= name_bytes_max) rows.push_back(std::move(row));
    });
    return rows;
  });
}

Result<AccountId> parse_webfinger(std::string_view body) {
  return read_json(body, [](const JsonValue& root) {
    AccountId found;
    root.field("links").each([&](const JsonValue& link) {
      const std::string_view type = link.field("type").optional_text().value_or("");
      const bool activity = type == "application/activity+json" ||
                            (type.starts_with("application/ld+json") &&
                             type.find("https://www.w3.org/ns/activitystreams") != type.npos);
      const bool self = link.field("rel").optional_text().value_or("") == "self";
      if (!found.empty() || !activity || !self) return;
      const std::string uri = read_uri(link.field("href"));
      if (!uri.empty()) found = AccountId(Network::activitypub, uri);
    });
    return found;
  });
}

Result<MastodonInstance> parse_instance(std::string_view body) {
  return read_json(body, [](const JsonValue& root) {
    MastodonInstance instance;
    instance.domain = clipped(text_or_empty(root.field("domain")), name_bytes_max);
    return instance;
  });
}

}  // namespace tagscout
