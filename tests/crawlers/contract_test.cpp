// What every type of source promises, checked for each of them by its fixtures: a type without
// tests/fixtures/TYPE/contract.json fails here.

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <set>

#include "crawlers/url.h"
#include "tests/crawlers/source_bench.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

struct Answer {
  std::string url;
  std::string body;
};

// The fixtures of one type, and what is to be done with them.
struct Contract {
  const SourceType* type = nullptr;
  SourceSetup setup;
  std::vector<Answer> answers;                                  // of one URL in order
  std::vector<Answer> streams;                                  // one frame a line
  std::vector<std::pair<std::string, AccountTarget>> accounts;  // by host
  std::vector<std::pair<std::string, PostTarget>> posts;
};

std::string text_of(const rapidjson::Value& object, const char* name) {
  return object.HasMember(name) ? object[name].GetString() : "";
}

Contract read_contract(const SourceType& type) {
  const std::string folder = std::string(type.schema.type) + "/";
  rapidjson::Document json;
  json.Parse(read_fixture(folder + "contract.json").c_str());
  Contract contract;
  contract.type = &type;
  SourceSection& section = contract.setup.section;
  section.name = "contract";
  section.type = type.schema.type;
  section.lookback = 72h;
  section.catch_up = 100h;
  section.url = text_of(json["section"], "url");
  section.appview = text_of(json["section"], "appview");
  if (json["section"].HasMember("jetstream")) {
    for (const auto& host : json["section"]["jetstream"].GetArray()) {
      section.jetstream.emplace_back(host.GetString());
    }
  }
  for (const auto& tag : json["tags"].GetArray()) contract.setup.tags.emplace_back(tag.GetString());
  for (const auto& answer : json["answers"].GetArray()) {
    contract.answers.push_back(
        {text_of(answer, "url"), read_fixture(folder + text_of(answer, "file"))});
  }
  for (const auto& stream : json["streams"].GetArray()) {
    contract.streams.push_back(
        {text_of(stream, "url"), read_fixture(folder + text_of(stream, "file"))});
  }
  for (const auto& account : json["accounts"].GetArray()) {
    contract.accounts.emplace_back(
        text_of(account, "host"),
        AccountTarget(AccountId(text_of(account, "id")), text_of(account, "handle"), ""));
  }
  for (const auto& post : json["posts"].GetArray()) {
    contract.posts.emplace_back(
        text_of(post, "host"),
        PostTarget(PostId(text_of(post, "id")), AccountId(text_of(post, "author"))));
  }
  return contract;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// One run over a contract's fixtures.
class Rehearsal {
 public:
  explicit Rehearsal(const Contract& contract) : contract_(contract), setup_(contract.setup) {
    bench_.http.otherwise([this](const HttpRequest& request) { return answer(request.url); });
  }

  void connect_streams() {
    for (const Answer& stream : contract_.streams) {
      bench_.web_sockets.script(stream.url,
                                {.refused = {}, .reads = {lines_of(stream.body)}, .end = {}});
    }
  }

  // What a new source hands over until nothing more comes; the last may be an error.
  std::vector<Result<Batch>> discover() {
    served_.clear();
    connect_streams();
    const std::unique_ptr<Source> source = contract_.type->make_source(setup_, bench_.tools());
    std::vector<Result<Batch>> batches;
    for (int step = 0; step < 20; ++step) {
      batches.push_back(bench_.run(source->next()));
      if (!batches.back()) break;
      for (const FeedCursor& cursor : batches.back()->cursors) setup_.cursors[cursor.feed] = cursor;
      const bool silent = !contract_.streams.empty() && batches.back()->events.empty();
      if (batches.back()->caught_up || silent) break;
    }
    return batches;
  }

  std::vector<Result<Batch>> read_again() {
    served_.clear();
    const std::unique_ptr<Origin> origin =
        contract_.type->make_origin({contract_.setup.section}, bench_.tools());
    std::vector<Result<Batch>> batches;
    for (const auto& [host, target] : contract_.accounts) {
      std::vector<AccountTarget> targets{target};
      batches.push_back(bench_.run(origin->read_accounts(host, std::move(targets))));
    }
    for (const auto& [host, target] : contract_.posts) {
      std::vector<PostTarget> targets{target};
      batches.push_back(bench_.run(origin->read_posts(host, std::move(targets))));
    }
    return batches;
  }

  // The origins of every URL asked for.
  std::set<std::string> hosts_asked() const {
    std::set<std::string> hosts;
    for (const HttpRequest& request : bench_.http.requests()) {
      hosts.insert(parse_url(request.url)->origin());
    }
    for (const std::string& url : bench_.web_sockets.urls()) hosts.insert(parse_url(url)->origin());
    return hosts;
  }

  std::vector<std::string> urls() const {
    std::vector<std::string> urls = bench_.web_sockets.urls();
    for (const HttpRequest& request : bench_.http.requests()) urls.push_back(request.url);
    return urls;
  }

  const SourceSetup& setup() const { return setup_; }

 private:
  // The answers to a URL without its query, one after the other; the last one stays.
  Result<HttpResponse> answer(const std::string& url) {
    const std::string path = url.substr(0, url.find('?'));
    std::vector<const Answer*> known;
    for (const Answer& each : contract_.answers) {
      if (each.url == path) known.push_back(&each);
    }
    if (known.empty()) return FakeHttp::status(404, "{}");
    const size_t place = std::min(served_[path]++, known.size() - 1);
    return dated_json(known[place]->body);
  }

  const Contract& contract_;
  SourceSetup setup_;
  SourceBench bench_;
  std::map<std::string, size_t> served_;
};

void expect_posts_are_whole(const SourceType& type, const std::vector<Result<Batch>>& batches) {
  for (const Result<Batch>& batch : batches) {
    if (!batch) continue;
    EXPECT_EQ(decode_batch(encode_batch(*batch)), *batch);
    for (const PostSighting& post : events_of<PostSighting>(*batch)) {
      EXPECT_EQ(network_of_id(post.id.text()), type.network) << post.id.text();
      EXPECT_EQ(network_of_id(post.author.id.text()), type.network) << post.id.text();
      EXPECT_FALSE(home_host(post.id.text()).empty());
      EXPECT_FALSE(home_host(post.author.id.text()).empty());
      EXPECT_NE(post.created_at, Time()) << post.id.text();
    }
  }
}

class ContractTest : public testing::TestWithParam<const SourceType*> {
 protected:
  const SourceType& type() const { return *GetParam(); }
};

TEST_P(ContractTest, ReadsItsFixtures) {
  const Contract contract = read_contract(type());
  Rehearsal run(contract);
  size_t posts = 0;
  for (const Result<Batch>& batch : run.discover()) {
    ASSERT_TRUE(batch) << batch.error().detail;
    EXPECT_FALSE(batch->dropped.contains("protocol"));
    posts += events_of<PostSighting>(*batch).size();
    EXPECT_EQ(batch->source, "contract");
  }
  EXPECT_GT(posts, 0u);
  const std::vector<Result<Batch>> again = run.read_again();
  EXPECT_EQ(again.size(), contract.accounts.size() + contract.posts.size());
  EXPECT_GT(again.size(), 1u);
  for (const Result<Batch>& batch : again) {
    ASSERT_TRUE(batch) << batch.error().detail;
    ASSERT_EQ(batch->events.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<AccountSighting>(batch->events[0]) ||
                std::holds_alternative<PostSighting>(batch->events[0]));
  }
}

TEST_P(ContractTest, NeverGivesAPostWithoutIdAuthorAndTime) {
  const Contract contract = read_contract(type());
  Rehearsal run(contract);
  expect_posts_are_whole(type(), run.discover());
  expect_posts_are_whole(type(), run.read_again());
}

TEST_P(ContractTest, AsksOnlyItsOwnHostsAndTheHomesOfActors) {
  const Contract contract = read_contract(type());
  const std::vector<std::string> own = type().hosts(contract.setup.section);
  std::set<std::string> allowed(own.begin(), own.end());
  EXPECT_FALSE(allowed.empty());
  Rehearsal discovery(contract);
  discovery.discover();
  for (const std::string& host : discovery.hosts_asked())
    EXPECT_TRUE(allowed.contains(host)) << host;
  for (const auto& [host, target] : contract.accounts) allowed.insert(host);
  Rehearsal rereading(contract);
  rereading.read_again();
  for (const std::string& host : rereading.hosts_asked())
    EXPECT_TRUE(allowed.contains(host)) << host;
}

TEST_P(ContractTest, ResumesFromItsOwnCursor) {
  const Contract contract = read_contract(type());
  Rehearsal first(contract);
  first.discover();
  ASSERT_FALSE(first.setup().cursors.empty());
  Contract later = contract;
  later.setup = first.setup();
  Rehearsal second(later);
  for (const Result<Batch>& batch : second.discover()) {
    ASSERT_TRUE(batch) << batch.error().detail;
    EXPECT_TRUE(batch->notes.empty());
    for (const FeedCursor& cursor : batch->cursors) {
      EXPECT_GE(cursor.position, first.setup().cursors.at(cursor.feed).position);
    }
  }
  // It asks for something else than a source that knows nothing.
  EXPECT_NE(first.urls(), second.urls());
}

TEST_P(ContractTest, SurvivesEveryTruncatedPrefix) {
  const Contract whole = read_contract(type());
  const auto check = [&](const Contract& cut) {
    Rehearsal run(cut);
    expect_posts_are_whole(type(), run.discover());
    expect_posts_are_whole(type(), run.read_again());
  };
  for (size_t i = 0; i < whole.answers.size(); ++i) {
    Contract cut = whole;
    const std::string& body = whole.answers[i].body;
    for (size_t size = 0; size < body.size(); size += size < 200 ? 1 : 37) {
      cut.answers[i].body = body.substr(0, size);
      check(cut);
    }
  }
  for (size_t i = 0; i < whole.streams.size(); ++i) {
    Contract cut = whole;
    const std::string& frames = whole.streams[i].body;
    for (size_t size = 0; size < frames.size(); size += 7) {
      cut.streams[i].body = frames.substr(0, size);
      check(cut);
    }
  }
}

std::string name_of_type(const testing::TestParamInfo<const SourceType*>& type) {
  return std::string(type.param->schema.type);
}

INSTANTIATE_TEST_SUITE_P(EveryType, ContractTest, testing::ValuesIn(source_types()), name_of_type);

}  // namespace
}  // namespace tagscout
