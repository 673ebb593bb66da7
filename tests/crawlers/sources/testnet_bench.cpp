#include "tests/crawlers/sources/testnet_bench.h"

#include <gtest/gtest.h>

#include <utility>

namespace tagscout::testnet {
namespace {

using namespace std::chrono_literals;

constexpr int rounds_max = 3'000;
constexpr Duration look_interval = 100ms;

Hosts some_hosts() {
  return {.mastodon = {"https://loom.example", "https://thimble.example", "https://bobbin.example"},
          .jetstream = {"wss://stream-a.example", "wss://stream-b.example"},
          .appview = "https://view.example",
          .control = {}};
}

FetcherOptions fetcher_options(Rules rules) {
  FetcherOptions options;
  options.gap = Duration::zero();
  if (rules == Rules::public_hosts) return options;
  for (const char* const host : {"loom", "thimble", "bobbin", "view"}) {
    options.allow_private.add(std::string(host) + ".example:443");
  }
  return options;
}

TagSet set_of(const std::vector<std::string>& tags) {
  TagSet set = 0;
  for (const std::string& tag : tags) set = static_cast<TagSet>(set | find_tag(tag));
  return set;
}

}  // namespace

Options quiet_options(std::vector<std::string> software) {
  Options options;
  options.software = std::move(software);
  options.accounts = 60;
  options.bluesky_share = 0;
  options.history_posts = 300;
  options.posts_per_second = 0.2;
  options.duration = 10min;
  options.rereads = {1min, 2min, 3min};
  options.refresh = 1min;
  options.faults = false;
  options.plain = true;
  return options;
}

TestnetBench::TestnetBench(Options options, Rules rules)
    : world(std::move(options), some_hosts(), clock.now()),
      web(clock),
      fetcher(web, clock, chance, fetcher_options(rules), nullptr) {
  for (size_t place = 0; place < names().instances(); ++place) {
    serve(host(place), std::make_unique<MastodonSite>(world, place));
  }
  serve(names().hosts().appview, std::make_unique<AppViewSite>(world));
  for (size_t bridge = 0; bridge < names().hosts().jetstream.size(); ++bridge) {
    sites.push_back(std::make_unique<JetstreamSite>(world, bridge));
    web.serve(names().hosts().jetstream[bridge], *sites.back());
  }
  for (const Account& one : world.accounts()) {
    accounts_.emplace("ap:" + names().ap_uri(one), one.index);
    accounts_.emplace(names().id(one), one.index);
  }
  for (const Post& one : world.posts()) {
    posts_.emplace("ap:" + names().ap_uri(one, author(one)), one.index);
    posts_.emplace(names().id(one, author(one)), one.index);
  }
}

void TestnetBench::serve(const std::string& url, std::unique_ptr<Site> site) {
  manners.push_back(std::make_unique<Manners>(*site, Duration::zero()));
  sites.push_back(std::move(site));
  web.serve(url, *manners.back());
}

SourceSetup TestnetBench::instance(size_t place, std::vector<std::string> tags, std::string token) {
  SourceSetup setup;
  setup.section.name = "instance-" + std::to_string(place);
  setup.section.type = "mastodon";
  setup.section.url = host(place);
  setup.section.token = std::move(token);
  setup.section.poll = 1s;
  setup.section.lookback = 24h;
  setup.section.sweep = 6h;
  setup.section.catch_up = 72h;
  setup.tags = std::move(tags);
  std::sort(setup.tags.begin(), setup.tags.end());
  setup.bridges = bridges;
  return setup;
}

SourceSetup TestnetBench::jetstream(std::vector<std::string> tags, size_t hosts) {
  SourceSetup setup;
  setup.section.name = "bluesky";
  setup.section.type = "bluesky";
  setup.section.appview = names().hosts().appview;
  for (size_t i = 0; i < hosts; ++i) {
    setup.section.jetstream.push_back(names().hosts().jetstream[i] + "/subscribe");
  }
  setup.section.lookback = 24h;
  setup.section.catch_up = 72h;
  setup.tags = std::move(tags);
  std::sort(setup.tags.begin(), setup.tags.end());
  setup.bridges = bridges;
  return setup;
}

std::unique_ptr<Origin> TestnetBench::origin(const SourceSetup& setup) {
  return find_source_type(setup.section.type)->make_origin({setup.section}, tools());
}

void TestnetBench::pass(Duration duration) {
  const Time end = clock.now() + duration;
  while (clock.now() < end && !world.frozen(clock.now())) {
    clock.pass(std::min<Duration>(look_interval, end - clock.now()));
    world.advance(clock.now());
  }
  clock.pass(end - clock.now());
  fetcher.note_server_time(clock.now());  // some server has told it meanwhile
}

std::set<std::string> TestnetBench::arrived(size_t place,
                                            const std::vector<std::string>& tags) const {
  const TagSet wanted = set_of(tags);
  std::set<std::string> ids;
  for (const Post& one : world.posts()) {
    const bool here = one.arrived[place] <= world.shown_time(clock.now());
    if (here && (one.tags & wanted) != 0) ids.insert("ap:" + names().ap_uri(one, author(one)));
  }
  return ids;
}

std::set<std::string> TestnetBench::posted(Time from, Time to,
                                           const std::vector<std::string>& tags) const {
  const TagSet wanted = set_of(tags);
  std::set<std::string> ids;
  for (const Post& one : world.posts()) {
    const bool then = author(one).on_bluesky() && one.created >= from && one.created <= to;
    if (then && (one.tags & wanted) != 0) ids.insert(names().id(one, author(one)));
  }
  return ids;
}

const Account* TestnetBench::account(const AccountId& id) const {
  const auto found = accounts_.find(id.text());
  return found == accounts_.end() ? nullptr : &world.accounts()[found->second];
}

const Post* TestnetBench::post(const PostId& id) const {
  const auto found = posts_.find(id.text());
  return found == posts_.end() ? nullptr : &world.posts()[found->second];
}

Result<Batch> TestnetReader::next() {
  if (!source_) {
    const SourceType* const type = find_source_type(setup_.section.type);
    source_ = type->make_source(setup_, bench_.tools());
  }
  Result<Batch> batch = bench_.run(source_->next());
  if (!batch) {
    source_.reset();
    errors_.push_back(batch.error());
    return batch;
  }
  for (const FeedCursor& cursor : batch->cursors) setup_.cursors[cursor.feed] = cursor;
  batches_.push_back(*batch);
  return batch;
}

void TestnetReader::drain() {
  if (source_) bench_.pass(source_->rest().value_or(Duration::zero()));
  size_t quiet = 0;
  for (int round = 0; round < rounds_max; ++round) {
    const Result<Batch> batch = next();
    ASSERT_TRUE(batch) << batch.error().detail;
    quiet = batch->events.empty() ? quiet + 1 : 0;
    // A source that streams says of no batch that it has caught up.
    if (batch->caught_up || quiet > setup_.tags.size() + 3) return;
  }
  FAIL() << "it never catches up";
}

void TestnetReader::read_for(Duration duration) {
  const Duration end = bench_.clock.steady() + duration;
  while (bench_.clock.steady() < end) {
    const Result<Batch> batch = next();
    if (!batch || batch->caught_up) bench_.pass(1s);
  }
}

std::set<std::string> TestnetReader::ids() const {
  std::set<std::string> ids;
  for (const PostSighting& post : posts()) ids.insert(post.id.text());
  return ids;
}

int64_t TestnetReader::dropped(const std::string& reason) const {
  int64_t count = 0;
  for (const Batch& batch : batches_) {
    const auto found = batch.dropped.find(reason);
    if (found != batch.dropped.end()) count += found->second;
  }
  return count;
}

bool TestnetReader::noted(const std::string& words) const {
  for (const Batch& batch : batches_) {
    for (const std::string& note : batch.notes) {
      if (note.find(words) != std::string::npos) return true;
    }
  }
  return false;
}

}  // namespace tagscout::testnet
