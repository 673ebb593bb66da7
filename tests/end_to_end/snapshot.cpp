#include "tests/end_to_end/snapshot.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace tagscout::end_to_end {
namespace {

using Json = rapidjson::Value;

std::string text_of(const Json& value) {
  if (value.IsString()) return value.GetString();
  if (value.IsInt64()) return std::to_string(value.GetInt64());
  if (value.IsNull()) return "unknown";
  return "odd";
}

std::string field(const Json& object, const char* name) {
  return object.HasMember(name) ? text_of(object[name]) : std::string("missing");
}

void add(std::string& line, const char* name, const std::string& value) {
  if (!line.empty()) line += ' ';
  line.append(name).append("=").append(value);
}

std::string sorted_list(const Json& values) {
  std::vector<std::string> texts;
  for (const Json& value : values.GetArray()) texts.push_back(text_of(value));
  std::sort(texts.begin(), texts.end());
  std::string list;
  for (const std::string& text : texts) list += text + ",";
  return list;
}

std::string sorted_map(const Json& values) {
  std::map<std::string, std::string> pairs;
  for (const auto& member : values.GetObject()) {
    pairs.emplace(member.name.GetString(), text_of(member.value));
  }
  std::string list;
  for (const auto& [name, value] : pairs) list.append(name).append(":").append(value).append(",");
  return list;
}

// Truth and daemon write posts alike.
std::string post_line(const Json& post) {
  std::string line;
  add(line, "account", field(post, "account"));
  add(line, "tags", sorted_list(post["tags"]));
  for (const char* name : {"likes", "reposts", "replies", "quotes"})
    add(line, name, field(post, name));
  return line;
}

// A sum to which no server contributes is as good as 0.
std::string sum(const Json& sums, const char* name) {
  const std::string text = field(sums, name);
  return text == "unknown" ? "0" : text;
}

std::string account_line(const Json& account, const Json& sums, const std::string& niche_posts) {
  std::string line;
  for (const char* name : {"followers", "following", "posts", "posts_seen"}) {
    add(line, name, field(account, name));
  }
  for (const char* name : {"likes", "reposts", "replies", "quotes"})
    add(line, name, sum(sums, name));
  add(line, "tags", sorted_map(account["tags"]));
  add(line, "niche", niche_posts);
  return line;
}

std::string flag_line(const Json& flag) {
  return field(flag, "kind") + " " + field(flag, "ladder") + "/" + field(flag, "band") + " " +
         field(flag, "account");
}

std::string daemon_account_line(const Json& account) {
  const Json& niches = account["niches"];
  return account_line(account, account["engagement"],
                      niches.HasMember("mending") ? text_of(niches["mending"]) : "0");
}

// Calls `take` with every item of a list route.
template <class Take>
void each_item(ApiClient& daemon, const std::string& route, Take take) {
  std::string cursor;
  for (;;) {
    const std::string target = route + "?limit=1000" + (cursor.empty() ? "" : "&cursor=" + cursor);
    const rapidjson::Document page = daemon.get_json(target);
    for (const Json& item : page["items"].GetArray()) take(item);
    if (page["next"].IsNull()) return;
    cursor = path_segment(text_of(page["next"]));
  }
}

std::set<std::string> texts(const Json& values) {
  std::set<std::string> set;
  for (const Json& value : values.GetArray()) set.insert(value.GetString());
  return set;
}

class Report {
 public:
  explicit Report(size_t limit) : limit_(limit) {}

  void say(const std::string& line) {
    if (++said_ <= limit_) lines_.push_back(line);
  }
  void end(std::vector<std::string>& all, const char* what) {
    if (said_ > limit_) {
      lines_.push_back("… and " + std::to_string(said_ - limit_) + " more differences in " + what);
    }
    all.insert(all.end(), lines_.begin(), lines_.end());
  }

 private:
  size_t limit_;
  size_t said_ = 0;
  std::vector<std::string> lines_;
};

using Lines = std::map<std::string, std::string>;

// The words of one difference, joined by blanks.
std::string sentence(std::initializer_list<std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

void compare(const char* what, const Lines& must, const Lines& is, Report& report) {
  for (const auto& [id, line] : must) {
    const auto found = is.find(id);
    if (found == is.end()) {
      report.say(sentence({what, "missing:", id, line}));
    } else if (found->second != line) {
      report.say(sentence({what, "differs:", id, "\n    must", line, "\n    is  ", found->second}));
    }
  }
  for (const auto& [id, line] : is) {
    if (!must.contains(id)) report.say(sentence({what, "invented:", id, line}));
  }
}

}  // namespace

TruthSnapshot read_truth(const rapidjson::Document& truth) {
  TruthSnapshot snapshot;
  snapshot.absent = texts(truth["absent"]);
  snapshot.undecided = texts(truth["undecided"]);
  for (const std::string& id : texts(truth["idle"])) snapshot.undecided.insert(id);
  for (const Json& account : truth["accounts"].GetArray()) {
    const std::string id = account["id"].GetString();
    if (snapshot.undecided.contains(id)) continue;
    snapshot.must.accounts.emplace(id,
                                   account_line(account, account, field(account, "niche_posts")));
    if (!account["listed"].GetBool()) snapshot.unlisted.insert(id);
  }
  for (const Json& post : truth["posts"].GetArray()) {
    if (snapshot.unlisted.contains(post["account"].GetString())) continue;
    if (snapshot.undecided.contains(post["account"].GetString())) continue;
    snapshot.must.posts.emplace(post["id"].GetString(), post_line(post));
  }
  for (const Json& flag : truth["flags"].GetArray()) snapshot.must.flags.insert(flag_line(flag));
  return snapshot;
}

Snapshot read_daemon(ApiClient& daemon, const TruthSnapshot& truth) {
  Snapshot snapshot;
  each_item(daemon, "/v1/posts", [&](const Json& post) {
    const std::string account = field(post, "account");
    if (truth.undecided.contains(account) || truth.unlisted.contains(account)) return;
    snapshot.posts.emplace(field(post, "id"), post_line(post));
  });
  each_item(daemon, "/v1/accounts", [&](const Json& account) {
    const std::string id = field(account, "id");
    if (truth.undecided.contains(id)) return;
    const bool hidden = truth.unlisted.contains(id);
    snapshot.accounts.emplace(id, hidden ? "shown in a list" : daemon_account_line(account));
  });
  for (const std::string& id : truth.unlisted) {
    const ApiResponse response = daemon.get("/v1/accounts/" + path_segment(id));
    if (response.status != 200) continue;
    rapidjson::Document account;
    account.Parse(response.body.c_str());
    snapshot.accounts.emplace(id, daemon_account_line(account));
  }
  each_item(daemon, "/v1/flags", [&](const Json& flag) {
    if (truth.undecided.contains(field(flag, "account"))) return;
    snapshot.flags.insert(flag_line(flag));
  });
  return snapshot;
}

std::vector<std::string> known_absentees(ApiClient& daemon, const TruthSnapshot& truth) {
  std::vector<std::string> known;
  for (const std::string& id : truth.absent) {
    const ApiResponse response = daemon.get("/v1/accounts/" + path_segment(id));
    if (response.status != 404) known.push_back("account kept that must not be: " + id);
  }
  return known;
}

std::vector<std::string> flag_differences(const Snapshot& must, const Snapshot& is, size_t limit) {
  Report report(limit);
  std::set<std::string> all(must.flags.begin(), must.flags.end());
  all.insert(is.flags.begin(), is.flags.end());
  for (const std::string& flag : all) {
    const size_t wanted = must.flags.count(flag);
    const size_t raised = is.flags.count(flag);
    if (wanted == raised) continue;
    report.say((wanted > raised ? "flag missed: " : "flag invented: ") + flag + " (must be " +
               std::to_string(wanted) + ", is " + std::to_string(raised) + ")");
  }
  std::vector<std::string> lines;
  report.end(lines, "flags");
  return lines;
}

std::vector<std::string> differences(const Snapshot& must, const Snapshot& is, size_t limit) {
  std::vector<std::string> lines = flag_differences(must, is, limit);
  Report posts(limit);
  compare("post", must.posts, is.posts, posts);
  posts.end(lines, "posts");
  Report accounts(limit);
  compare("account", must.accounts, is.accounts, accounts);
  accounts.end(lines, "accounts");
  return lines;
}

}  // namespace tagscout::end_to_end
