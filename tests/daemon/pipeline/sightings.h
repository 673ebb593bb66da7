// Made-up people and their posts, as answers of servers show them.
//
//   see(post("ada", 1).likes(3).tags({"gardening"}).by(at_home("ada", 12'000)))
//
// Ada lives at https://one.test unless a name says otherwise: "ada@two.test".
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawlers/event.h"

namespace tagscout {

constexpr Time noon{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) +
                    std::chrono::hours(12)};

inline std::string home_of(const std::string& name) {
  const size_t at = name.find('@');
  return at == std::string::npos ? "one.test" : name.substr(at + 1);
}
inline std::string user_of(const std::string& name) { return name.substr(0, name.find('@')); }

inline AccountId person(const std::string& name) {
  return AccountId("ap:https://" + home_of(name) + "/users/" + user_of(name));
}
inline PostId post_id(const std::string& author, int number) {
  return PostId("ap:https://" + home_of(author) + "/users/" + user_of(author) + "/statuses/" +
                std::to_string(number));
}

// What an answer says of an account; without followers it is a short form, without counts.
inline AccountSighting account_sighting(const std::string& name, std::optional<int64_t> followers,
                                        Provenance provenance) {
  AccountSighting sighting;
  sighting.id = person(name);
  sighting.handle = user_of(name) + "@" + home_of(name);
  sighting.display_name = "Some " + user_of(name);
  sighting.url = "https://" + home_of(name) + "/@" + user_of(name);
  sighting.counts.followers = followers;
  if (followers) sighting.counts.following = 7;
  sighting.provenance = provenance;
  return sighting;
}
inline AccountSighting at_home(const std::string& name, std::optional<int64_t> followers) {
  return account_sighting(name, followers, Provenance::origin);
}
inline AccountSighting copy_of(const std::string& name, std::optional<int64_t> followers) {
  return account_sighting(name, followers, Provenance::foreign);
}
// The home shows the account, but hides how many follow it.
inline AccountSighting hidden(const std::string& name) {
  AccountSighting sighting = at_home(name, std::nullopt);
  sighting.counts.posts = 4;
  return sighting;
}
// A stream's posts name their author and say no more about it.
inline AccountSighting bare(const AccountId& id) {
  AccountSighting sighting;
  sighting.id = id;
  sighting.bare = true;
  return sighting;
}
inline AccountSighting wishing(AccountSighting sighting, OptOut wish) {
  sighting.opt_outs.set(wish);
  return sighting;
}

// A post under construction: at home, tagged slowfashion, without likes, an hour old at noon.
class Post {
 public:
  Post(const std::string& author, int number) {
    value_.id = post_id(author, number);
    value_.author = at_home(author, std::nullopt);
    value_.url =
        "https://" + home_of(author) + "/@" + user_of(author) + "/" + std::to_string(number);
    value_.created_at = noon - std::chrono::hours(1);
    value_.language = "en";
    value_.tags = {"slowfashion"};
    value_.counts = Engagement{};
    value_.counts->likes = 0;
    value_.provenance = Provenance::origin;
  }
  Post& by(AccountSighting author) { return value_.author = std::move(author), *this; }
  Post& likes(int64_t likes) { return value_.counts->likes = likes, *this; }
  Post& counts(std::optional<Engagement> counts) { return value_.counts = counts, *this; }
  Post& tags(std::vector<std::string> tags) { return value_.tags = std::move(tags), *this; }
  Post& created(Time at) { return value_.created_at = at, *this; }
  Post& rev(std::string rev) { return value_.rev = std::move(rev), *this; }
  Post& reread() { return value_.reread = true, *this; }
  // As another server shows it.
  Post& copied() {
    value_.provenance = Provenance::foreign;
    value_.author.provenance = Provenance::foreign;
    return *this;
  }
  operator Event() const { return value_; }
  const PostSighting& value() const { return value_; }

 private:
  PostSighting value_;
};

inline Post post(const std::string& author, int number) { return {author, number}; }

}  // namespace tagscout
