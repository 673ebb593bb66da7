#include "crawlers/sources/mastodon_access.h"

#include <array>

#include "crawlers/json_document.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

// What "local" and "remote" of hashtag_feeds may say.
enum class Feed { everybody, users, nobody };

Feed read_feed(const JsonValue& value) {
  const std::string_view said = value.optional_text().value_or("public");
  if (said == "public") return Feed::everybody;
  return said == "disabled" ? Feed::nobody : Feed::users;
}

// Who is meant by a feed that cannot be read, in a note.
struct Part {
  const char* whose;
  Feed feed;
  const char* scope_without;  // what to ask for where the others can be read
};

std::string note_of(const Part& part) {
  const std::string state = part.feed == Feed::nobody ? "disabled" : "for users only";
  return std::string("the tag timelines of ") + part.whose + " are " + state +
         ": that it shows none of these posts does not mean that there are none";
}

void settle(const std::array<Part, 2>& parts, bool with_token, MastodonAccess& access) {
  int open = 0;
  for (const Part& part : parts) {
    const bool shown = part.feed == Feed::everybody || (with_token && part.feed == Feed::users);
    if (shown) {
      ++open;
      continue;
    }
    access.notes.push_back(note_of(part));
    // With a token the server leaves out by itself what its user may not see.
    if (!with_token) access.scope = part.scope_without;
  }
  if (open > 0 || with_token) return;
  access.closed = parts[0].feed == Feed::nobody && parts[1].feed == Feed::nobody
                      ? "its tag timelines are disabled"
                      : "its tag timelines are for users only: a token is needed";
}

std::string streaming_address(std::string_view said) {
  while (said.ends_with('/')) said.remove_suffix(1);
  const std::optional<Url> url = parse_url(said);
  const bool streams = url && (url->scheme == "wss" || url->scheme == "ws");
  return streams ? std::string(said) : std::string();
}

}  // namespace

Result<MastodonAccess> parse_access(std::string_view body, bool with_token) {
  return read_json(body, [&](const JsonValue& root) {
    const JsonValue configuration = root.field("configuration");
    const JsonValue feeds = configuration.field("timelines_access").field("hashtag_feeds");
    const std::array<Part, 2> parts = {{
        {"its own people", read_feed(feeds.field("local")), "&remote=true"},
        {"people elsewhere", read_feed(feeds.field("remote")), "&local=true"},
    }};
    MastodonAccess access;
    settle(parts, with_token, access);
    access.streaming = streaming_address(
        configuration.field("urls").field("streaming").optional_text().value_or(""));
    return access;
  });
}

}  // namespace tagscout
