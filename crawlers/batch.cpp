#include "crawlers/batch.h"

#include <array>
#include <type_traits>
#include <utility>

namespace tagscout {
namespace {

// Starts every batch; the last byte is the version.
constexpr std::string_view magic{"TSB\x03", 4};

// The fields of each type are written down once, in transfer(), for both directions: a Writer
// appends what it is shown, a Reader fills it in.
class Writer {
 public:
  static constexpr bool reading = false;

  bool number(uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<char>(value | 0x80));
    out_.push_back(static_cast<char>(value));
    return true;
  }
  bool bytes(std::string_view text) {
    number(text.size());
    out_.append(text);
    return true;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_{magic};
};

class Reader {
 public:
  static constexpr bool reading = true;

  explicit Reader(std::string_view rest) : rest_(rest) {}

  bool number(uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return false;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) return false;
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return byte != 0 || shift == 0;
    }
    return false;
  }
  bool bytes(std::string& text) {
    uint64_t size = 0;
    if (!number(size) || size > rest_.size()) return false;
    text.assign(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return true;
  }
  // Every element takes a byte at least, so that no count can ask for more memory than it brought.
  bool count(uint64_t& value) { return number(value) && value <= rest_.size(); }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

template <class Archive, class T>
using Shown = std::conditional_t<Archive::reading, T, const T>;

// Negative numbers of small size stay short.
uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
int64_t unzigzag(uint64_t value) { return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1)); }

bool transfer(Writer& out, const std::string& text) { return out.bytes(text); }
bool transfer(Reader& in, std::string& text) { return in.bytes(text); }

bool transfer(Writer& out, int64_t value) { return out.number(zigzag(value)); }
bool transfer(Reader& in, int64_t& value) {
  uint64_t raw = 0;
  if (!in.number(raw)) return false;
  value = unzigzag(raw);
  return true;
}

bool transfer(Writer& out, Time time) { return transfer(out, to_us(time)); }
bool transfer(Reader& in, Time& time) {
  int64_t us = 0;
  if (!transfer(in, us)) return false;
  time = time_from_us(us);
  return true;
}

// Values from 0 to `last`: booleans and enumerations.
template <class T>
bool transfer_small(Writer& out, T value, uint64_t) {
  return out.number(static_cast<uint64_t>(value));
}
template <class T>
bool transfer_small(Reader& in, T& value, uint64_t last) {
  uint64_t raw = 0;
  if (!in.number(raw) || raw > last) return false;
  value = static_cast<T>(raw);
  return true;
}

template <class Archive>
bool transfer(Archive& archive, Shown<Archive, bool>& value) {
  return transfer_small(archive, value, 1);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, Provenance>& value) {
  return transfer_small(archive, value, static_cast<uint64_t>(Provenance::approx));
}
bool transfer(Writer& out, GoneReason value) { return transfer_small(out, value, 0); }
bool transfer(Reader& in, GoneReason& value) {
  return transfer_small(in, value, static_cast<uint64_t>(GoneReason::forgotten)) &&
         value >= GoneReason::deleted;
}

bool transfer(Writer& out, OptOuts value) { return out.number(value.bits()); }
bool transfer(Reader& in, OptOuts& value) {
  uint64_t bits = 0;
  if (!in.number(bits) || bits > UINT16_MAX) return false;
  value = OptOuts(static_cast<uint16_t>(bits));
  return true;
}

template <class Kind>
bool transfer(Writer& out, const Id<Kind>& id) {
  return out.bytes(id.text());
}
template <class Kind>
bool transfer(Reader& in, Id<Kind>& id) {
  std::string text;
  if (!in.bytes(text)) return false;
  id = Id<Kind>(std::move(text));
  return true;
}

template <class T>
bool transfer(Writer& out, const std::optional<T>& value);
template <class T>
bool transfer(Reader& in, std::optional<T>& value);
template <class T>
bool transfer(Writer& out, const std::vector<T>& values);
template <class T>
bool transfer(Reader& in, std::vector<T>& values);

template <class Archive, class... Fields>
bool all(Archive& archive, Fields&... fields) {
  return (transfer(archive, fields) && ...);
}

template <class Archive>
bool transfer(Archive& archive, Shown<Archive, Counts>& c) {
  return all(archive, c.followers, c.following, c.posts);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, Engagement>& e) {
  return all(archive, e.likes, e.reposts, e.replies, e.quotes, e.views, e.hidden);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, AccountSighting>& a) {
  return all(archive, a.id, a.handle, a.display_name, a.url, a.home_id, a.counts, a.provenance) &&
         all(archive, a.bot, a.discoverable, a.opt_outs, a.moved_to, a.bridged, a.bare);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, PostSighting>& p) {
  return all(archive, p.id, p.author, p.url, p.created_at, p.language, p.tags, p.queried_tag) &&
         all(archive, p.folded, p.counts, p.provenance, p.rev, p.reread);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, PostDeleted>& e) {
  return all(archive, e.id, e.author, e.rev);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, PostMissing>& e) {
  return all(archive, e.id, e.author);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, PostUnreadable>& e) {
  return all(archive, e.id, e.author, e.why, e.refused);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, AccountGone>& e) {
  return all(archive, e.id, e.reason, e.at);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, AccountActive>& e) {
  return all(archive, e.id, e.at);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, AccountMissing>& e) {
  return all(archive, e.id);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, AccountUnreadable>& e) {
  return all(archive, e.id, e.why, e.refused);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, HandleChanged>& e) {
  return all(archive, e.id, e.handle);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, FollowHint>& e) {
  return all(archive, e.id, e.change);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, HandleResolved>& e) {
  return all(archive, e.handle, e.id);
}
template <class Archive>
bool transfer(Archive& archive, Shown<Archive, FeedCursor>& c) {
  return all(archive, c.feed, c.value, c.position);
}

// An event is the number of its type in the variant, and its fields.
bool transfer(Writer& out, const Event& event) {
  out.number(event.index());
  return std::visit([&out](const auto& value) { return transfer(out, value); }, event);
}
template <size_t... Index>
bool transfer_event(Reader& in, Event& event, size_t type, std::index_sequence<Index...>) {
  return ((type == Index && transfer(in, event.emplace<Index>())) || ...);
}
bool transfer(Reader& in, Event& event) {
  uint64_t type = 0;
  return in.number(type) &&
         transfer_event(in, event, type, std::make_index_sequence<std::variant_size_v<Event>>());
}

template <class T>
bool transfer(Writer& out, const std::optional<T>& value) {
  return transfer(out, value.has_value()) && (!value || transfer(out, *value));
}
template <class T>
bool transfer(Reader& in, std::optional<T>& value) {
  bool there = false;
  if (!transfer(in, there)) return false;
  value.reset();
  return !there || transfer(in, value.emplace());
}
template <class T>
bool transfer(Writer& out, const std::vector<T>& values) {
  out.number(values.size());
  for (const T& value : values) transfer(out, value);
  return true;
}
template <class T>
bool transfer(Reader& in, std::vector<T>& values) {
  uint64_t size = 0;
  if (!in.count(size)) return false;
  values.clear();
  for (uint64_t i = 0; i < size; ++i) {
    if (!transfer(in, values.emplace_back())) return false;
  }
  return true;
}

bool transfer(Writer& out, const std::map<std::string, int64_t>& counts) {
  out.number(counts.size());
  for (const auto& [name, count] : counts) all(out, name, count);
  return true;
}
bool transfer(Reader& in, std::map<std::string, int64_t>& counts) {
  uint64_t size = 0;
  if (!in.count(size)) return false;
  counts.clear();
  for (uint64_t i = 0; i < size; ++i) {
    std::string name;
    int64_t count = 0;
    if (!all(in, name, count)) return false;
    counts.emplace_hint(counts.end(), std::move(name), count);
  }
  return counts.size() == size;
}

template <class Archive>
bool transfer(Archive& archive, Shown<Archive, Batch>& b) {
  return all(archive, b.source, b.now, b.clock_right, b.events, b.cursors, b.dropped, b.notes,
             b.feeds, b.caught_up);
}

}  // namespace

std::string encode_batch(const Batch& batch) {
  Writer out;
  transfer(out, batch);
  return out.take();
}

std::optional<Batch> decode_batch(std::string_view bytes) {
  if (!bytes.starts_with(magic)) return std::nullopt;
  Reader in(bytes.substr(magic.size()));
  Batch batch;
  if (!transfer(in, batch) || !in.done()) return std::nullopt;
  return batch;
}

}  // namespace tagscout
