// A folder of its own for each test, with a configuration file in it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/config.h"

namespace tagscout {

class ConfigFixture : public testing::Test {
 protected:
  ConfigFixture() {
    std::string name = testing::TempDir() + "tagscout-config-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    request_.source_types = {
        {.type = "mastodon", .required = {"url"}, .optional = {"token_file"}},
        {.type = "bluesky", .required = {"jetstream", "appview"}, .optional = {"zstd_dictionary"}}};
  }
  ~ConfigFixture() override { std::filesystem::remove_all(folder_); }

  // Writes a file into the folder and returns its path.
  std::string write(const std::string& name, const std::string& text) const {
    std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  Config load(const std::string& text) {
    request_.file = write("t.toml", text);
    return load_config(request_);
  }

  // Every problem of that configuration, named without the folder; empty if it is good.
  std::vector<std::string> problems(const std::string& text) {
    try {
      load(text);
    } catch (const ConfigError& error) {
      return without_folder(error.problems());
    }
    return {};
  }

  std::vector<std::string> without_folder(std::vector<std::string> lines) const {
    for (std::string& line : lines) {
      for (size_t at = 0; (at = line.find(folder_ + "/")) != std::string::npos;)
        line.erase(at, folder_.size() + 1);
    }
    return lines;
  }

  std::string folder_;
  ConfigRequest request_;
};

}  // namespace tagscout
