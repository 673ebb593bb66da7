#include "tests/daemon/support/sample_store.h"

#include "storage/flag_store.h"
#include "storage/name_store.h"
#include "storage/records.h"

namespace tagscout {

Time sample_now() { return *parse_time("2026-11-22T12:00:00Z"); }

std::vector<Band> sample_bands() {
  const auto band = [](const char* ladder, const char* name, int64_t from, int64_t to) {
    Band made;
    made.ladder = ladder;
    made.name = name;
    made.from = from;
    made.to = to;
    return made;
  };
  return {band("default", "nano", 1'000, 10'000), band("default", "micro", 10'000, 100'000),
          band("default", "mid", 100'000, 500'000), band("fine", "tiny", 5'000, 20'000)};
}

AccountFacts sample_account(const std::string& name) {
  AccountFacts facts;
  facts.id = AccountId("ap:https://garden.example/users/" + name);
  facts.handle = name + "@garden.example";
  facts.display_name = "The " + name;
  facts.url = "https://garden.example/@" + name;
  facts.first_seen_at = sample_now() - std::chrono::days(9);
  facts.last_seen_at = sample_now() - std::chrono::hours(1);
  facts.verified = true;
  facts.bot = false;
  facts.origin.counts = {.followers = 12'000, .following = 321, .posts = 45};
  facts.origin.at = sample_now() - std::chrono::hours(2);
  facts.origin.provenance = Provenance::origin;
  facts.origin.source = "_home";
  return facts;
}

PostRecord sample_post(const std::string& name) {
  PostRecord record;
  record.id = PostId("ap:https://garden.example/posts/" + name);
  record.url = "https://garden.example/@x/" + name;
  record.created_at = sample_now() - std::chrono::days(3);
  record.first_seen_at = record.created_at + std::chrono::minutes(1);
  record.language = "en";
  record.counts.likes = 30;
  record.counts.reposts = 12;
  record.counts.replies = 6;
  record.counts_at = sample_now() - std::chrono::hours(3);
  record.provenance = Provenance::origin;
  record.clock_right = true;
  return record;
}

Flag sample_flag(const AccountFacts& account) {
  Flag flag;
  flag.at = sample_now() - std::chrono::minutes(5);
  flag.kind = FlagKind::rose;
  flag.ladder = "default";
  flag.band = "micro";
  flag.account = account.id;
  flag.handle = account.handle;
  flag.url = account.url;
  flag.followers = 10'020;
  flag.followers_before = 9'870;
  flag.as_of = sample_now() - std::chrono::minutes(6);
  flag.source = "garden";
  flag.niches = {"mending"};
  flag.engagement_rate = 0.004;
  flag.engagement_sample = 3;
  return flag;
}

SampleStore::SampleStore() : hasher_(database().secret()) {}

NameId SampleStore::intern(NameKind kind, const std::string& name) {
  Transaction transaction(database());
  const NameId id = names::intern(transaction, kind, name);
  database().commit(transaction);
  return id;
}

AccountKey SampleStore::put(AccountFacts facts, int64_t band_from) {
  const AccountKey key = hasher_.account(facts.id);
  const BandState band{.ladder = ladder("default"), .from = band_from};
  facts.bands = {band};
  Transaction transaction(database());
  transaction.put(Column::account, keys::account(key), records::encode(facts));
  transaction.put(Column::index, keys::band(band, key), {});
  transaction.put(Column::handle, keys::handle(hasher_.handle(facts.handle), key),
                  records::encode_number(facts.handle_confirmed.value()));
  database().commit(transaction);
  return key;
}

void SampleStore::put(const AccountFacts& author, const PostRecord& record) {
  const AccountKey key = hasher_.account(author.id);
  AccountSums sums;
  sums.posts_seen = 1;
  sums.engagement.add(record.counts, 1);
  Transaction transaction(database());
  for (const NameId tag : record.tags) {
    sums.tags[tag] = 1;
    transaction.merge(Column::index, keys::index(IndexKind::tag, tag, key),
                      records::encode_signed(1));
  }
  for (const NameId niche : record.niches) {
    sums.niches[niche] = 1;
    transaction.merge(Column::index, keys::index(IndexKind::niche, niche, key),
                      records::encode_signed(1));
  }
  transaction.merge(Column::sums, keys::account(key), records::encode(sums));
  transaction.put(Column::post, keys::post(hasher_.post(key, record.id)), records::encode(record));
  database().commit(transaction);
}

void SampleStore::put(const AccountFacts& account, const CountsReading& reading) {
  Transaction transaction(database());
  transaction.put(Column::reading, keys::reading(hasher_.account(account.id), reading.stamp),
                  records::encode(reading));
  database().commit(transaction);
}

uint64_t SampleStore::put(Flag flag) {
  flag.id = flags::next_id(database());
  flag.key = hasher_.account(flag.account);
  Transaction transaction(database());
  transaction.put(Column::flag, keys::flag(flag.id), records::encode(flag));
  transaction.put(Column::meta, keys::next_flag, records::encode_number(flag.id + 1));
  database().commit(transaction);
  return flag.id;
}

void SampleStore::purge(const AccountFacts& facts) {
  const AccountKey key = hasher_.account(facts.id);
  Transaction transaction(database());
  transaction.remove(Column::account, keys::account(key));
  transaction.remove(Column::handle, keys::handle(hasher_.handle(facts.handle), key));
  transaction.put(Column::meta, keys::tombstone(key),
                  records::encode(Tombstone{.reason = GoneReason::deleted, .at = sample_now()}));
  database().commit(transaction);
}

}  // namespace tagscout
