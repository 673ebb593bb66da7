// The built `tagscout`, run against a server that lives in the test.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/daemon/support/admin_harness.h"

namespace tagscout {

struct Ended {
  int code = -1;  // 1000 + the signal, if one ended it
  std::string out;
  std::string err;
};

class Program final {
 public:
  // Starts it. Its socket is the harness's directory unless the arguments say otherwise.
  // `stdout_path` replaces the file that its output is kept in.
  Program(AdminHarness& harness, std::vector<std::string> arguments,
          const std::string& stdout_path = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Serves it until its output contains `text` or five seconds have passed; what it has written.
  std::string wait_for(const std::string& text);
  void interrupt() const;
  // Serves it until it ends, ten seconds at most.
  Ended wait();

 private:
  bool has_ended();
  AdminHarness& harness_;
  TemporaryDirectory directory_;
  std::string out_;
  std::string err_;
  pid_t pid_ = -1;
  int status_ = -1;
};

Ended run_program(AdminHarness& harness, std::vector<std::string> arguments);

// The whole file; empty if there is none.
std::string file_text(const std::string& path);

}  // namespace tagscout
