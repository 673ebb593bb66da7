#include "storage/records.h"

#include <algorithm>
#include <utility>

#include "storage/record_codec.h"

namespace tagscout::records {
namespace {

// First byte of every record: which fields follow. A change of fields is a new version, and the
// reader keeps the old ones.
constexpr uint64_t account_version = 1;
constexpr uint64_t sums_version = 1;
constexpr uint64_t post_version = 1;
constexpr uint64_t stub_version = 2;  // shares Column::post, so the numbers differ

constexpr uint64_t list_size_max = 1u << 20;

template <class Number>
void write_list(ByteWriter& writer, const std::vector<Number>& list) {
  writer.number(list.size());
  for (const Number value : list) writer.number(value);
}

template <class Number>
std::vector<Number> read_list(ByteReader& reader) {
  std::vector<Number> list(reader.number_up_to(list_size_max));
  for (Number& value : list) value = read_number<Number>(reader);
  return list;
}

void write(ByteWriter& writer, const Engagement& counts) {
  writer.count(counts.likes);
  writer.count(counts.reposts);
  writer.count(counts.replies);
  writer.count(counts.quotes);
  writer.count(counts.views);
  writer.flag(counts.hidden);
}

Engagement read_engagement(ByteReader& reader) {
  Engagement counts;
  counts.likes = reader.count();
  counts.reposts = reader.count();
  counts.replies = reader.count();
  counts.quotes = reader.count();
  counts.views = reader.count();
  counts.hidden = reader.flag();
  return counts;
}

void write(ByteWriter& writer, const RefreshPlan& plan) {
  writer.number(plan.host);
  writer.time(plan.due_at);
  writer.number(plan.urgency);
  writer.number(plan.failures);
  writer.time(plan.failing_since);
  writer.time(plan.missing_since);
  writer.time(plan.tried_at);
}

RefreshPlan read_refresh(ByteReader& reader) {
  RefreshPlan plan;
  plan.host = read_number<NameId>(reader);
  plan.due_at = reader.time();
  plan.urgency = read_number<uint8_t>(reader);
  plan.failures = read_number<uint16_t>(reader);
  plan.failing_since = reader.time();
  plan.missing_since = reader.time();
  plan.tried_at = reader.time();
  return plan;
}

// Absent is 0, false 1, true 2.
void write(ByteWriter& writer, const std::optional<bool>& value) {
  writer.number(value ? (*value ? 2 : 1) : 0);
}

std::optional<bool> read_tristate(ByteReader& reader) {
  const uint64_t value = reader.number_up_to(2);
  if (value == 0) return std::nullopt;
  return value == 2;
}

// A counter at 0 is left out, so that equal sums are equal bytes however they came about.
void write_counters(ByteWriter& writer, const std::map<NameId, int64_t>& counters) {
  const auto is_zero = [](const auto& entry) { return entry.second == 0; };
  const auto zeros = std::count_if(counters.begin(), counters.end(), is_zero);
  writer.number(counters.size() - static_cast<size_t>(zeros));
  for (const auto& [name, count] : counters) {
    if (count == 0) continue;
    writer.number(name);
    writer.signed_number(count);
  }
}

std::map<NameId, int64_t> read_counters(ByteReader& reader) {
  std::map<NameId, int64_t> counters;
  for (uint64_t left = reader.number_up_to(list_size_max); left > 0; --left) {
    const auto name = read_number<NameId>(reader);
    counters[name] = reader.signed_number();
  }
  return counters;
}

void write_judgement(ByteWriter& writer, const AccountFacts& facts) {
  writer.number(facts.bands.size());
  for (const BandState& state : facts.bands) {
    writer.number(state.ladder);
    writer.signed_number(state.from);
  }
  writer.flag(facts.waiting.has_value());
  if (facts.waiting) {
    writer.signed_number(facts.waiting->followers);
    writer.time(facts.waiting->since);
  }
  writer.flag(facts.zero_since.has_value());
  if (facts.zero_since) writer.time(*facts.zero_since);
}

void read_judgement(ByteReader& reader, AccountFacts& facts) {
  facts.bands.resize(reader.number_up_to(list_size_max));
  for (BandState& state : facts.bands) {
    state.ladder = read_number<NameId>(reader);
    state.from = reader.signed_number();
  }
  if (reader.flag()) {
    const int64_t followers = reader.signed_number();
    facts.waiting = WaitingReading{followers, reader.time()};
  }
  if (reader.flag()) facts.zero_since = reader.time();
}

}  // namespace

std::string encode(const AccountFacts& facts) {
  ByteWriter writer;
  writer.number(account_version);
  for (const std::string* text : {&facts.id.text(), &facts.handle, &facts.display_name, &facts.url,
                                  &facts.home_id, &facts.moved_to, &facts.origin_error}) {
    writer.text(*text);
  }
  writer.flag(facts.moved_from.has_value());
  if (facts.moved_from) write(writer, *facts.moved_from);
  writer.time(facts.first_seen_at);
  writer.time(facts.last_seen_at);
  writer.flag(facts.verified);
  writer.flag(facts.bridged);
  write(writer, facts.bot);
  writer.number(facts.opt_outs.bits());
  write(writer, facts.origin);
  write(writer, facts.foreign);
  write_judgement(writer, facts);
  write(writer, facts.refresh);
  writer.time(facts.reading_kept_at);
  writer.signed_number(facts.flood_day);
  writer.number(facts.flood_posts);
  write_list(writer, facts.tags);
  write_list(writer, facts.flags);
  writer.number(facts.handle_confirmed.value());
  writer.number(facts.changed.value());
  return writer.take();
}

AccountFacts decode_account(std::string_view value) {
  ByteReader reader(value);
  check_version(reader.number(), account_version, "account");
  AccountFacts facts;
  facts.id = AccountId(std::string(reader.text()));
  for (std::string* text : {&facts.handle, &facts.display_name, &facts.url, &facts.home_id,
                            &facts.moved_to, &facts.origin_error}) {
    *text = reader.text();
  }
  if (reader.flag()) facts.moved_from = read_key(reader);
  facts.first_seen_at = reader.time();
  facts.last_seen_at = reader.time();
  facts.verified = reader.flag();
  facts.bridged = reader.flag();
  facts.bot = read_tristate(reader);
  facts.opt_outs = OptOuts(read_number<uint16_t>(reader));
  facts.origin = read_counts_reading(reader);
  facts.foreign = read_counts_reading(reader);
  read_judgement(reader, facts);
  facts.refresh = read_refresh(reader);
  facts.reading_kept_at = reader.time();
  const int64_t flood_day = reader.signed_number();
  if (!std::in_range<int32_t>(flood_day)) reader.refuse();
  facts.flood_day = static_cast<int32_t>(flood_day);
  facts.flood_posts = read_number<uint16_t>(reader);
  facts.tags = read_list<NameId>(reader);
  facts.flags = read_list<uint64_t>(reader);
  facts.handle_confirmed = Stamp(reader.number());
  facts.changed = Stamp(reader.number());
  check(reader, "account");
  return facts;
}

std::string encode(const AccountSums& sums) {
  ByteWriter writer;
  writer.number(sums_version);
  writer.signed_number(sums.posts_seen);
  for (const int64_t sum : {sums.engagement.likes, sums.engagement.reposts, sums.engagement.replies,
                            sums.engagement.quotes, sums.engagement.views}) {
    writer.signed_number(sum);
  }
  write_counters(writer, sums.tags);
  write_counters(writer, sums.niches);
  return writer.take();
}

AccountSums decode_sums(std::string_view value) {
  ByteReader reader(value);
  check_version(reader.number(), sums_version, "account's sums");
  AccountSums sums;
  sums.posts_seen = reader.signed_number();
  for (int64_t* sum : {&sums.engagement.likes, &sums.engagement.reposts, &sums.engagement.replies,
                       &sums.engagement.quotes, &sums.engagement.views}) {
    *sum = reader.signed_number();
  }
  sums.tags = read_counters(reader);
  sums.niches = read_counters(reader);
  check(reader, "account's sums");
  return sums;
}

std::string encode(const PostRecord& record) {
  ByteWriter writer;
  writer.number(post_version);
  for (const std::string* text : {&record.id.text(), &record.url, &record.language, &record.rev}) {
    writer.text(*text);
  }
  writer.time(record.created_at);
  writer.time(record.first_seen_at);
  write_list(writer, record.tags);
  write_list(writer, record.niches);
  write(writer, record.counts);
  writer.time(record.counts_at);
  writer.number(static_cast<uint64_t>(record.provenance));
  writer.flag(record.clock_right);
  writer.number(record.stamp.value());
  writer.number(record.reread.host);
  writer.time(record.reread.due_at);
  writer.number(record.reread.failures);
  writer.time(record.reread.failing_since);
  writer.time(record.reread.missing_since);
  writer.number(record.changed.value());
  return writer.take();
}

std::string encode(const PostStub& stub) {
  ByteWriter writer;
  writer.number(stub_version);
  write(writer, stub.counts);
  writer.text(stub.rev);
  writer.flag(stub.deleted);
  return writer.take();
}

namespace {

PostRecord read_post(ByteReader& reader) {
  PostRecord record;
  record.id = PostId(std::string(reader.text()));
  for (std::string* text : {&record.url, &record.language, &record.rev}) *text = reader.text();
  record.created_at = reader.time();
  record.first_seen_at = reader.time();
  record.tags = read_list<NameId>(reader);
  record.niches = read_list<NameId>(reader);
  record.counts = read_engagement(reader);
  record.counts_at = reader.time();
  record.provenance = static_cast<Provenance>(reader.number_up_to(3));
  record.clock_right = reader.flag();
  record.stamp = Stamp(reader.number());
  record.reread.host = read_number<NameId>(reader);
  record.reread.due_at = reader.time();
  record.reread.failures = read_number<uint16_t>(reader);
  record.reread.failing_since = reader.time();
  record.reread.missing_since = reader.time();
  record.changed = Stamp(reader.number());
  return record;
}

}  // namespace

PostRow decode_post(std::string_view value) {
  ByteReader reader(value);
  PostRow row;
  const uint64_t version = reader.number();
  if (version == stub_version) {
    PostStub stub;
    stub.counts = read_engagement(reader);
    stub.rev = reader.text();
    stub.deleted = reader.flag();
    row.stub = std::move(stub);
  } else {
    check_version(version, post_version, "post");
    row.record = read_post(reader);
  }
  check(reader, "post");
  return row;
}

}  // namespace tagscout::records
