// The part of Transaction that keeps one final operation per key and reads through them.
#include <cassert>
#include <utility>

#include "storage/database.h"
#include "storage/records.h"

namespace tagscout {

std::optional<std::string> Transaction::applied(Column column, const Operation& operation,
                                                std::optional<std::string> below) {
  switch (operation.kind) {
    case Kind::put:
      return operation.value;
    case Kind::remove:
      return std::nullopt;
    case Kind::merge:
      return below ? records::add(column, *below, operation.value) : operation.value;
  }
  return std::nullopt;
}

std::optional<std::string> Transaction::get(Column column, std::string_view key) const {
  const Operations& changed = operations(column);
  const auto found = changed.find(key);
  if (found == changed.end()) return database_.get(column, key);
  if (found->second.kind != Kind::merge) return applied(column, found->second, std::nullopt);
  return applied(column, found->second, database_.get(column, key));
}

void Transaction::scan(Column column, std::string_view prefix, std::string_view from,
                       const RowVisitor& visit) const {
  const Operations& changed = operations(column);
  const std::string_view first = from > prefix ? from : prefix;
  auto next = changed.lower_bound(first);
  bool stopped = false;
  // Shows the changed rows that come before `key`; all that are left of the prefix without one.
  const auto show_changed = [&](std::optional<std::string_view> key) {
    for (; !stopped && next != changed.end() && next->first.starts_with(prefix); ++next) {
      if (key && next->first >= *key) return;
      const auto value = applied(column, next->second, std::nullopt);
      if (value) stopped = !visit(next->first, *value);
    }
  };
  database_.scan(column, prefix, from, [&](std::string_view key, std::string_view value) {
    show_changed(key);
    if (stopped) return false;
    if (next == changed.end() || next->first != key) {
      stopped = !visit(key, value);
      return !stopped;
    }
    const auto merged = applied(column, next->second, std::string(value));
    ++next;
    if (merged) stopped = !visit(key, *merged);
    return !stopped;
  });
  show_changed(std::nullopt);
}

void Transaction::put(Column column, std::string_view key, std::string value) {
  operations_[static_cast<size_t>(column)].insert_or_assign(std::string(key),
                                                            Operation{Kind::put, std::move(value)});
}

void Transaction::remove(Column column, std::string_view key) {
  operations_[static_cast<size_t>(column)].insert_or_assign(std::string(key),
                                                            Operation{Kind::remove, {}});
}

void Transaction::merge(Column column, std::string_view key, std::string operand) {
  assert(column == Column::sums || column == Column::index);
  Operations& changed = operations_[static_cast<size_t>(column)];
  const auto found = changed.find(key);
  if (found == changed.end()) {
    changed.emplace(std::string(key), Operation{Kind::merge, std::move(operand)});
    return;
  }
  Operation& operation = found->second;
  if (operation.kind == Kind::remove) {
    // RocksDB's merge would revive the deleted row: what stands after a delete is a put.
    operation = {Kind::put, std::move(operand)};
    return;
  }
  operation.value = records::add(column, operation.value, operand);
}

size_t Transaction::size() const {
  size_t total = 0;
  for (const Operations& changed : operations_) total += changed.size();
  return total;
}

}  // namespace tagscout
