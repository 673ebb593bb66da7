#include "tests/storage/random_records.h"

#include <array>

namespace tagscout {

uint64_t RandomRecords::number(uint64_t limit) {
  switch (engine_() % 4) {
    case 0:
      return std::uniform_int_distribution<uint64_t>(0, std::min<uint64_t>(limit, 3))(engine_);
    case 1:
      return std::uniform_int_distribution<uint64_t>(0, std::min<uint64_t>(limit, 300))(engine_);
    case 2:
      return limit;
    default:
      return std::uniform_int_distribution<uint64_t>(0, limit)(engine_);
  }
}

int64_t RandomRecords::signed_number() {
  const auto size = static_cast<int64_t>(number(INT64_MAX));
  return one_in(2) ? size : -size - 1;
}

bool RandomRecords::one_in(uint64_t chances) { return engine_() % chances == 0; }

std::string RandomRecords::text() {
  std::string text(one_in(8) ? number(300) : number(20), ' ');
  for (char& byte : text) byte = static_cast<char>(engine_());
  return text;
}

std::optional<int64_t> RandomRecords::count() {
  if (one_in(4)) return std::nullopt;
  return static_cast<int64_t>(number(INT64_MAX));
}

Time RandomRecords::time() { return one_in(6) ? Time{} : time_from_us(signed_number()); }

NameId RandomRecords::name() { return static_cast<NameId>(number(UINT32_MAX)); }

AccountKey RandomRecords::key() {
  AccountKey key;
  for (uint8_t& byte : key.bytes) byte = static_cast<uint8_t>(engine_());
  return key;
}

template <class Number>
std::vector<Number> RandomRecords::list(uint64_t limit) {
  std::vector<Number> list(number(limit));
  for (Number& value : list) value = static_cast<Number>(number(static_cast<Number>(-1)));
  return list;
}

CountsReading RandomRecords::reading() {
  CountsReading reading;
  reading.provenance = static_cast<Provenance>(number(3));
  if (reading.provenance == Provenance::unknown) return reading;
  reading.counts = {count(), count(), count()};
  reading.at = time();
  reading.stamp = Stamp(number(UINT64_MAX));
  reading.source = text();
  return reading;
}

AccountFacts RandomRecords::account() {
  AccountFacts facts;
  facts.id = AccountId(text());
  for (std::string* field : {&facts.handle, &facts.display_name, &facts.url, &facts.home_id,
                             &facts.moved_to, &facts.origin_error}) {
    *field = text();
  }
  if (one_in(2)) facts.moved_from = key();
  facts.first_seen_at = time();
  facts.last_seen_at = time();
  facts.verified = one_in(2);
  facts.bridged = one_in(2);
  if (one_in(2)) facts.bot = one_in(2);
  facts.opt_outs = OptOuts(static_cast<uint16_t>(number(UINT16_MAX)));
  facts.origin = reading();
  facts.foreign = reading();
  for (uint64_t left = number(4); left > 0; --left) {
    facts.bands.push_back({name(), signed_number()});
  }
  if (one_in(2)) facts.waiting = WaitingReading{signed_number(), time()};
  if (one_in(2)) facts.zero_since = time();
  facts.refresh = {name(),
                   time(),
                   static_cast<uint8_t>(number(UINT8_MAX)),
                   static_cast<uint16_t>(number(UINT16_MAX)),
                   time(),
                   time(),
                   time()};
  facts.reading_kept_at = time();
  facts.flood_day = static_cast<int32_t>(signed_number());
  facts.flood_posts = static_cast<uint16_t>(number(UINT16_MAX));
  facts.tags = list<NameId>(40);
  facts.flags = list<uint64_t>(4);
  facts.handle_confirmed = Stamp(number(UINT64_MAX));
  facts.changed = Stamp(number(UINT64_MAX));
  return facts;
}

EngagementSums RandomRecords::engagement_sums() {
  return {signed_number(), signed_number(), signed_number(), signed_number(), signed_number()};
}

AccountSums RandomRecords::sums() {
  AccountSums sums;
  sums.posts_seen = signed_number();
  sums.engagement = engagement_sums();
  for (auto* counters : {&sums.tags, &sums.niches}) {
    for (uint64_t left = number(20); left > 0; --left) {
      const int64_t count = signed_number();
      if (count != 0) (*counters)[name()] = count;
    }
  }
  return sums;
}

Engagement RandomRecords::engagement() {
  return {count(), count(), count(), count(), count(), one_in(5)};
}

PostRecord RandomRecords::post() {
  PostRecord record;
  record.id = PostId(text());
  record.url = text();
  record.created_at = time();
  record.first_seen_at = time();
  record.language = text();
  record.tags = list<NameId>(32);
  record.niches = list<NameId>(4);
  record.counts = engagement();
  record.counts_at = time();
  record.provenance = static_cast<Provenance>(number(3));
  record.clock_right = one_in(2);
  record.stamp = Stamp(number(UINT64_MAX));
  record.rev = text();
  record.reread = {name(), time(), static_cast<uint16_t>(number(UINT16_MAX)), time(), time()};
  record.changed = Stamp(number(UINT64_MAX));
  return record;
}

PostStub RandomRecords::stub() { return {engagement(), text(), one_in(2)}; }

Flag RandomRecords::flag() {
  constexpr std::array kinds{FlagKind::rose, FlagKind::fell, FlagKind::found};
  Flag flag;
  flag.id = number(UINT64_MAX);
  flag.at = time();
  flag.kind = kinds[engine_() % kinds.size()];
  flag.ladder = text();
  flag.band = text();
  flag.account = AccountId(text());
  flag.key = key();
  flag.handle = text();
  flag.url = text();
  flag.followers = signed_number();
  flag.followers_before = count();
  flag.as_of = time();
  flag.provenance = static_cast<Provenance>(number(3));
  flag.source = text();
  for (uint64_t left = number(5); left > 0; --left) flag.niches.push_back(text());
  if (one_in(2)) flag.engagement_rate = static_cast<double>(number(1'000'000)) / 7;
  flag.engagement_sample = signed_number();
  return flag;
}

StoreCounts RandomRecords::counts() {
  return {signed_number(), signed_number(), signed_number(), signed_number()};
}

Tombstone RandomRecords::tombstone() {
  return {static_cast<GoneReason>(1 + engine_() % 9), time()};
}

}  // namespace tagscout
