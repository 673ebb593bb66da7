#include "crawlers/sources/mastodon_feed.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "crawlers/url.h"

namespace tagscout {
namespace {

// What every server of the family grants; GoToSocial and Mastodon answer no more.
constexpr std::string_view page_limit = "limit=40";

// 20,000 posts: more than this of one tag within lookback is given up, and said so.
constexpr int walk_pages_max = 500;

// Snowflakes are milliseconds and 16 bits that tell posts of one millisecond apart.
constexpr int snowflake_shift = 16;
constexpr size_t snowflake_digits_min = 16;
constexpr size_t snowflake_digits_max = 18;

// A post pushed late bears the time of its arrival; most posts of a page are not late.
constexpr Duration snowflake_tolerance = std::chrono::hours(24);

bool is_decimal(std::string_view id) {
  return !id.empty() &&
         std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool row_less(const MastodonStatus& a, const MastodonStatus& b) {
  return status_id_less(a.id, b.id);
}

const std::string& newest_id(const MastodonPage& page) {
  return std::max_element(page.rows.begin(), page.rows.end(), row_less)->id;
}

const std::string& oldest_id(const MastodonPage& page) {
  return std::min_element(page.rows.begin(), page.rows.end(), row_less)->id;
}

// When the server got hold of the post, as far as that is known.
std::optional<Time> row_time(const MastodonStatus& row, bool snowflakes) {
  return snowflakes ? snowflake_time(row.id) : row.created_at;
}

// A row whose time is unknown is not known to be old.
bool is_fresh(const MastodonStatus& row, Time horizon, bool snowflakes) {
  const std::optional<Time> time = row_time(row, snowflakes);
  return !time || *time >= horizon;
}

// Servers answer newest first; what is handed over is in the order in which it happened.
void hand_over(MastodonPage& page, Batch& batch) {
  for (auto row = page.rows.rbegin(); row != page.rows.rend(); ++row) {
    if (row->event) batch.events.push_back(std::move(*row->event));
  }
}

}  // namespace

bool status_id_less(std::string_view a, std::string_view b) {
  if (a.size() != b.size() && is_decimal(a) && is_decimal(b)) return a.size() < b.size();
  return a < b;
}

std::string snowflake_id(Time time) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  return std::to_string(std::max<int64_t>(ms, 0) << snowflake_shift);
}

std::optional<Time> snowflake_time(std::string_view id) {
  if (!is_decimal(id) || id.size() < snowflake_digits_min || id.size() > snowflake_digits_max) {
    return std::nullopt;
  }
  int64_t value = 0;
  std::from_chars(id.data(), id.data() + id.size(), value);
  return Time(std::chrono::milliseconds(value >> snowflake_shift));
}

bool has_snowflake_ids(const MastodonPage& page) {
  bool agrees = false;
  for (const MastodonStatus& row : page.rows) {
    const std::optional<Time> time = snowflake_time(row.id);
    if (!time) return false;
    if (!row.created_at) continue;
    agrees = agrees || std::chrono::abs(*time - *row.created_at) <= snowflake_tolerance;
  }
  return agrees;
}

MastodonFeed::MastodonFeed(std::string tag, const FeedCursor* stored, MastodonFeedOptions options)
    : tag_(std::move(tag)), options_(options), stored_(stored != nullptr) {
  if (!stored_) return;
  // "ID;TIME": the cursor proper, and when the last sweep began, in microseconds.
  const std::string_view value = stored->value;
  const size_t end = std::min(value.rfind(';'), value.size());
  id_ = value.substr(0, end);
  position_ = stored->position;
  int64_t swept_us = 0;
  if (end < value.size()) {
    std::from_chars(value.data() + end + 1, value.data() + value.size(), swept_us);
  }
  swept_at_ = time_from_us(swept_us);
}

void MastodonFeed::emit_cursor(Batch& batch) const {
  batch.cursors.push_back(
      {.feed = tag_, .value = id_ + ";" + std::to_string(to_us(swept_at_)), .position = position_});
}

void MastodonFeed::check_gap(const MastodonMoment& moment, Batch& batch) {
  // With a clock that nobody confirms, being behind may be its fault, and nothing need be lost.
  const bool checks = stored_ && !checked_ && moment.clock_right;
  checked_ = true;
  if (!checks) return;
  if (moment.now - position_ <= std::max(options_.catch_up, options_.lookback)) return;
  ++batch.dropped["gap"];
  batch.notes.push_back("#" + tag_ + ": last read at " + format_time(position_) +
                        ", further back than catch_up: going on at " +
                        format_time(moment.now - options_.lookback));
  id_.clear();
}

void MastodonFeed::start(const MastodonMoment& moment) {
  const Time horizon = moment.now - options_.lookback;
  if (moment.snowflakes && moment.clock_right) {
    id_ = snowflake_id(horizon);
    position_ = horizon;
    swept_at_ = moment.now;
    walk_.reset();
  } else {
    walk_.emplace(Walk{.started = moment.now, .horizon = horizon, .head = {}, .before = {}});
  }
}

void MastodonFeed::begin(const MastodonMoment& moment, Batch& batch) {
  check_gap(moment, batch);
  if (id_.empty() && !walk_) start(moment);
  asks_walk_ = walk_.has_value() && (id_.empty() || !asks_walk_);
}

std::string MastodonFeed::query() const {
  std::string query(page_limit);
  if (!asks_walk_) return query + "&min_id=" + percent_encode(id_);
  if (!walk_->before.empty()) query += "&max_id=" + percent_encode(walk_->before);
  return query;
}

void MastodonFeed::take(MastodonPage page, const MastodonMoment& moment, Batch& batch) {
  for (const auto& [reason, count] : page.dropped) batch.dropped[reason] += count;
  if (asks_walk_) {
    take_walk(page, moment, batch);
  } else {
    take_forward(page, moment, batch);
  }
}

void MastodonFeed::take_forward(MastodonPage& page, const MastodonMoment& moment, Batch& batch) {
  if (page.rows.empty()) return come_up_empty(moment, batch);
  const std::string newest = newest_id(page);
  if (!status_id_less(id_, newest)) {
    // The server did not understand the cursor and answered its first page. Where that does not
    // even reach the cursor, the cursor belongs to other software at this address.
    if (newest == id_ || restarted_) return come_up_empty(moment, batch);
    restarted_ = true;
    ++batch.dropped["gap"];
    batch.notes.push_back("#" + tag_ + ": the server does not know the id " + id_ +
                          ": reading back from its newest post");
    id_.clear();
    walk_.reset();
    return;
  }
  const auto row = std::max_element(page.rows.begin(), page.rows.end(), row_less);
  const Time reached = row_time(*row, moment.snowflakes).value_or(position_);
  position_ = std::max(position_, std::min(reached, moment.now));
  id_ = newest;
  hand_over(page, batch);
  emit_cursor(batch);
}

void MastodonFeed::come_up_empty(const MastodonMoment& moment, Batch& batch) {
  if (moment.clock_right && !moment.stale) {
    position_ = moment.now;
    const bool due = options_.sweep > Duration::zero() && moment.now - swept_at_ >= options_.sweep;
    if (due && !walk_) {
      walk_.emplace(Walk{.started = moment.now,
                         .horizon = moment.now - options_.lookback,
                         .head = {},
                         .before = {}});
    }
  }
  idle_ = !walk_;
  emit_cursor(batch);
}

void MastodonFeed::take_walk(MastodonPage& page, const MastodonMoment& moment, Batch& batch) {
  if (page.rows.empty()) return finish_walk(moment, batch);
  const auto fresh = [&](const MastodonStatus& row) {
    return is_fresh(row, walk_->horizon, moment.snowflakes);
  };
  const bool any_fresh = std::any_of(page.rows.begin(), page.rows.end(), fresh);
  const bool all_fresh = std::all_of(page.rows.begin(), page.rows.end(), fresh);
  if (walk_->head.empty()) walk_->head = newest_id(page);
  if (id_.empty() && all_fresh && moment.snowflakes && moment.clock_right) {
    // There is an id for the horizon after all: from there on each page can move the cursor.
    return start(moment);
  }
  const std::string oldest = oldest_id(page);
  const bool advances = walk_->before.empty() || status_id_less(oldest, walk_->before);
  walk_->before = oldest;
  ++walk_->pages;
  const auto old = [&](const MastodonStatus& row) { return !fresh(row); };
  page.rows.erase(std::remove_if(page.rows.begin(), page.rows.end(), old), page.rows.end());
  hand_over(page, batch);
  const bool given_up = all_fresh && advances && walk_->pages >= walk_pages_max;
  if (given_up) {
    ++batch.dropped["gap"];
    batch.notes.push_back("#" + tag_ + ": too many posts before " + oldest + ": not read back to " +
                          format_time(walk_->horizon));
  }
  // Ids that carry times are in order of these. Other servers may list an old post among new ones,
  // so there a whole page must be old.
  const bool reached = moment.snowflakes ? !all_fresh : !any_fresh;
  if (reached || !advances || given_up) finish_walk(moment, batch);
}

void MastodonFeed::finish_walk(const MastodonMoment& moment, Batch& batch) {
  const Walk walk = *std::exchange(walk_, std::nullopt);
  swept_at_ = walk.started;
  if (id_.empty()) {
    id_ = walk.head;
    if (moment.clock_right || position_ == Time()) position_ = walk.started;
    idle_ = id_.empty();
  }
  emit_cursor(batch);
}

}  // namespace tagscout
