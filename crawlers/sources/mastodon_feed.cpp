#include "crawlers/sources/mastodon_feed.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "crawlers/url.h"

namespace tagscout {
namespace {

// What every server of the family grants; GoToSocial and Mastodon answer no more.
constexpr std::string_view page_limit = "limit=40";

// 20,000 posts: more than this of one tag within lookback is given up, and said so.
constexpr int walk_pages_max = 500;

// The server's clock, which its ids tell, may be an hour off ours, and as much is read twice.
constexpr Duration pack_overlap = std::chrono::hours(2);

// Ends a stored cursor of a tag that the server knows.
constexpr char known_mark = 'k';

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

MastodonFeed::MastodonFeed(std::string tag, const FeedCursor* stored, MastodonFeedOptions options)
    : options_(options), stored_(stored != nullptr) {
  members_.push_back({.tag = std::move(tag), .known = false});
  if (!stored_) return;
  // "ID;TIME": the cursor proper, and when the last sweep began, in microseconds; then the mark.
  const std::string_view value = stored->value;
  const size_t end = std::min(value.rfind(';'), value.size());
  id_ = value.substr(0, end);
  position_ = stored->position;
  int64_t swept_us = 0;
  if (end < value.size()) {
    std::from_chars(value.data() + end + 1, value.data() + value.size(), swept_us);
  }
  swept_at_ = time_from_us(swept_us);
  members_.front().known = end < value.size() && value.back() == known_mark;
  pace_.quiet_since(snowflake_time(id_).value_or(position_));
}

MastodonFeed MastodonFeed::pack(const std::vector<MastodonFeed>& feeds) {
  MastodonFeed pack = feeds.front();
  pack.id_ = feeds.front().reach();
  for (const MastodonFeed& feed : std::span(feeds).subspan(1)) {
    pack.members_.insert(pack.members_.end(), feed.members_.begin(), feed.members_.end());
    if (status_id_less(feed.reach(), pack.id_)) pack.id_ = feed.reach();
    pack.position_ = std::min(pack.position_, feed.position_);
    pack.swept_at_ = std::min(pack.swept_at_, feed.swept_at_);
    pack.checked_ = pack.checked_ && feed.checked_;
    pack.idle_ = pack.idle_ && feed.idle_;
    pack.pace_.join(feed.pace_);
  }
  std::sort(pack.members_.begin(), pack.members_.end(),
            [](const Member& a, const Member& b) { return a.tag < b.tag; });
  return pack;
}

std::vector<MastodonFeed> MastodonFeed::unpack() const {
  std::vector<MastodonFeed> feeds(members_.size(), *this);
  for (size_t i = 0; i < feeds.size(); ++i) feeds[i].members_ = {members_[i]};
  return feeds;
}

std::vector<std::string> MastodonFeed::tags() const {
  std::vector<std::string> tags;
  for (const Member& member : members_) tags.push_back(member.tag);
  return tags;
}

std::string MastodonFeed::name() const {
  std::string name;
  for (const Member& member : members_) name += (name.empty() ? "#" : " #") + member.tag;
  return name;
}

const std::string& MastodonFeed::path_tag() const {
  const auto known = std::find_if(members_.begin(), members_.end(),
                                  [](const Member& member) { return member.known; });
  return (known == members_.end() ? members_.begin() : known)->tag;
}

bool MastodonFeed::known() const {
  return std::any_of(members_.begin(), members_.end(),
                     [](const Member& member) { return member.known; });
}

std::string MastodonFeed::reach() const {
  if (!id_.empty() && !snowflake_time(id_)) return id_;
  const std::string by_time = snowflake_id(position_ - pack_overlap);
  return status_id_less(id_, by_time) ? by_time : id_;
}

void MastodonFeed::learn(const MastodonPage& page, bool snowflakes) {
  if (page.rows.empty()) return;
  if (members_.size() == 1) members_.front().known = true;
  std::vector<Time> times;
  for (const MastodonStatus& row : page.rows) {
    if (const std::optional<Time> time = row_time(row, snowflakes)) times.push_back(*time);
  }
  std::sort(times.begin(), times.end());
  for (const Time time : times) pace_.arrived(time);
}

void MastodonFeed::emit_cursor(Batch& batch) const {
  for (const Member& member : members_) {
    std::string value = id_ + ";" + std::to_string(to_us(swept_at_));
    if (member.known) value.push_back(known_mark);
    batch.cursors.push_back({.feed = member.tag, .value = std::move(value), .position = position_});
  }
}

void MastodonFeed::check_gap(const MastodonMoment& moment, Batch& batch) {
  // With a clock that nobody confirms, being behind may be its fault, and nothing need be lost.
  const bool checks = stored_ && !checked_ && moment.clock_right;
  checked_ = true;
  if (!checks) return;
  if (moment.now - position_ <= std::max(options_.catch_up, options_.lookback)) return;
  ++batch.dropped["gap"];
  batch.notes.push_back(name() + ": last read at " + format_time(position_) +
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
  pace_.quiet_since(horizon);
}

void MastodonFeed::begin(const MastodonMoment& moment, Batch& batch) {
  check_gap(moment, batch);
  if (id_.empty() && !walk_) start(moment);
  asks_walk_ = walk_.has_value() && (id_.empty() || !asks_walk_);
}

std::string MastodonFeed::query() const {
  std::string query(page_limit);
  for (const Member& member : members_) {
    if (&member.tag != &path_tag()) query += "&any[]=" + percent_encode(member.tag);
  }
  if (!asks_walk_) return query + "&min_id=" + percent_encode(id_);
  if (!walk_->before.empty()) query += "&max_id=" + percent_encode(walk_->before);
  return query;
}

void MastodonFeed::take(MastodonPage page, const MastodonMoment& moment, Batch& batch) {
  for (const auto& [reason, count] : page.dropped) batch.dropped[reason] += count;
  learn(page, moment.snowflakes);
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
    batch.notes.push_back(name() + ": the server does not know the id " + id_ +
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
    batch.notes.push_back(name() + ": too many posts before " + oldest + ": not read back to " +
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
