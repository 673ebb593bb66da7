// Fills a disk of 8 MiB, which it mounts for itself alone, until a commit fails; then makes room
// and expects the store to go on. Ends with 0, 1 and what went wrong, or 77 where it may not mount.
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>

#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

constexpr size_t row_bytes = 100'000;
constexpr int rows_max = 1000;

void expect(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

// The disk belongs to this process, and is gone with it.
bool mount_disk(const std::string& path) {
  const std::string user = "0 " + std::to_string(geteuid()) + " 1";
  const std::string group = "0 " + std::to_string(getegid()) + " 1";
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << user;
  std::ofstream("/proc/self/gid_map") << group;
  return mount("tmpfs", path.c_str(), "tmpfs", 0, "size=8m") == 0;
}

bool commit_row(Database& database, const std::string& key, const std::string& value) {
  Transaction transaction(database);
  transaction.put(Column::account, key, value);
  try {
    database.commit(transaction);
    return true;
  } catch (const DatabaseError&) {
    return false;
  }
}

// A row that does not compress.
std::string random_row(std::mt19937_64& engine) {
  std::string row(row_bytes, ' ');
  for (char& byte : row) byte = static_cast<char>(engine());
  return row;
}

void run(const std::string& directory) {
  const std::string filler = directory + "/filler";
  std::ofstream(filler) << std::string(5 << 20, 'x');
  DatabaseOptions options = small_store(directory + "/store");
  options.write_buffer_bytes = 1 << 20;
  Database database(options, test_secret);
  std::mt19937_64 engine(40);
  int written = 0;
  while (written < rows_max && commit_row(database, std::to_string(written), random_row(engine))) {
    ++written;
  }
  expect(written > 0 && written < rows_max, "the disk was to be full after a few rows");
  expect(!commit_row(database, "later", "x"), "a commit after a failed one");
  expect(!database.resume(), "a resume while the disk is full");
  expect(database.get(Column::account, "0").has_value(), "a read while the disk is full");

  std::filesystem::remove(filler);
  expect(database.resume(), "no resume although there is room");
  for (int row = 0; row < written; ++row) {
    const auto value = database.get(Column::account, std::to_string(row));
    expect(value && value->size() == row_bytes, "row " + std::to_string(row) + " is lost");
  }
  expect(!database.get(Column::account, "later"), "a refused row is there");
  expect(commit_row(database, "later", "x"), "no commit after resume");
  expect(database.get(Column::account, "later") == "x", "no row after resume");
}

}  // namespace
}  // namespace tagscout

int main(int count, char** arguments) {
  if (count != 2) return 64;
  try {
    if (!tagscout::mount_disk(arguments[1])) return 77;
    tagscout::run(arguments[1]);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
