// Answers of real servers, if the machine has any: extra food for the parsers. Tests that read them
// are skipped where the environment does not name the folder.
#pragma once

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "crawlers/http.h"

namespace tagscout {

class CorpusTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* const folder = std::getenv("TAGSCOUT_CORPUS");
    if (folder == nullptr || *folder == '\0') {
      GTEST_SKIP() << "SKIPPED: TAGSCOUT_CORPUS does not name a folder of captured answers";
    }
    folder_ = folder;
  }

  // A file under the corpus.
  std::string read(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Names of the files of a folder that end like this, without that ending, in order.
  std::vector<std::string> names(const std::string& folder, const std::string& ending) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / folder)) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(ending)) names.push_back(name.substr(0, name.size() - ending.size()));
    }
    std::sort(names.begin(), names.end());
    EXPECT_FALSE(names.empty()) << folder;
    return names;
  }

  // A captured answer: the status line and headers of one file, the body of another.
  HttpResponse response(const std::string& headers, const std::string& body) const {
    HttpResponse response;
    std::istringstream lines(read(headers));
    std::string line;
    std::getline(lines, line);
    const size_t status = line.find(' ');
    response.status = std::atoi(line.c_str() + (status == std::string::npos ? 0 : status));
    while (std::getline(lines, line)) {
      if (line.ends_with('\r')) line.pop_back();
      const size_t colon = line.find(": ");
      if (colon == std::string::npos) continue;
      response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    response.body = read(body);
    return response;
  }

 private:
  std::filesystem::path folder_;
};

// Calls `refused` with prefixes of `whole`: all up to 4 kB, then every 97th byte, and the last 64.
// A prefix that lacks nothing but blanks at the end is the whole.
inline void each_prefix(const std::string& whole,
                        const std::function<void(std::string_view prefix)>& refused) {
  constexpr size_t dense = 4096;
  const size_t end = whole.find_last_not_of(" \r\n\t") + 1;
  for (size_t size = 0; size < end;) {
    refused(std::string_view(whole).substr(0, size));
    const bool tail = end - size <= 64;
    size += size < dense || tail ? 1 : std::min<size_t>(97, end - 64 - size);
  }
}

// A member of an object, read plainly: null where it is absent.
inline const rapidjson::Value& plain(const rapidjson::Value& object, const char* name) {
  static const rapidjson::Value nothing;
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nothing : found->value;
}

inline std::string plain_text(const rapidjson::Value& object, const char* name) {
  const rapidjson::Value& value = plain(object, name);
  return value.IsString() ? std::string(value.GetString(), value.GetStringLength()) : "";
}

inline std::optional<int64_t> plain_count(const rapidjson::Value& object, const char* name) {
  const rapidjson::Value& value = plain(object, name);
  return value.IsInt64() ? std::optional<int64_t>(value.GetInt64()) : std::nullopt;
}

inline std::optional<bool> plain_flag(const rapidjson::Value& object, const char* name) {
  const rapidjson::Value& value = plain(object, name);
  return value.IsBool() ? std::optional<bool>(value.GetBool()) : std::nullopt;
}

}  // namespace tagscout
