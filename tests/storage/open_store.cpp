// Opens a store in a process of its own, so that tests see what a second process sees, and what a
// killed one leaves behind.
//   open_store PATH            ends with 0, or 75 in use, 78 too new, 1 otherwise
//   open_store PATH KEY VALUE  commits that row, writes another one that it does not commit, and
//                              kills itself
#include <csignal>
#include <iostream>
#include <string>

#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

int run(const std::string& path) {
  try {
    const Database database(small_store(path), test_secret);
    return 0;
  } catch (const DatabaseBusy&) {
    return 75;
  } catch (const DatabaseTooNew&) {
    return 78;
  } catch (const DatabaseError& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

void write_and_die(const std::string& path, const std::string& key, const std::string& value) {
  Database database(small_store(path), test_secret);
  Transaction kept(database);
  kept.put(Column::account, key, value);
  database.commit(kept);
  Transaction lost(database);
  lost.put(Column::account, key + "-lost", value);
  raise(SIGKILL);
}

}  // namespace
}  // namespace tagscout

int main(int count, char** arguments) {
  if (count == 2) return tagscout::run(arguments[1]);
  if (count == 4) tagscout::write_and_die(arguments[1], arguments[2], arguments[3]);
  return 64;
}
