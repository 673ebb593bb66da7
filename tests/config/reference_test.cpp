#include <sstream>

#include "config/options.h"
#include "config/reader.h"
#include "tests/config/config_fixture.h"

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ConfigReference : public ConfigFixture {
 protected:
  static constexpr const char* reference_path = TAGSCOUT_SOURCE_DIR "/config/tagscout.toml";

  static std::vector<std::string> lines() {
    std::ifstream file(reference_path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

  // "section.key" of every key that the file shows, switched off ones included.
  static std::vector<std::string> keys_shown() {
    std::vector<std::string> keys;
    std::string section;
    for (std::string line : lines()) {
      if (line.starts_with("#")) line.erase(0, 1);
      const bool code = !line.empty() && line[0] != ' ' && line[0] != '"' && line[0] != ']';
      if (code && line[0] == '[') {
        const size_t first = line.find_first_not_of('[');
        section = line.substr(first, line.find_first_of(".]") - first);
      } else if (code) {
        keys.push_back(section + "." + line.substr(0, line.find(' ')));
      }
    }
    return keys;
  }
};

TEST_F(ConfigReference, IsRefusedUntilTheContactIsSet) {
  request_.file = reference_path;
  try {
    load_config(request_);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.problems(), ElementsAre(HasSubstr("daemon.contact: is a placeholder")));
  }
}

TEST_F(ConfigReference, LoadsWithAContact) {
  request_.file = reference_path;
  request_.overrides = {"daemon.contact=me@agency.test", "daemon.state_dir=./var/lib",
                        "daemon.runtime_dir=./var/run"};
  const Config config = load_config(request_);
  EXPECT_EQ(config.bands, default_ladder());
  ASSERT_EQ(config.sources.size(), 2u);
  EXPECT_EQ(config.sources[0].url, "https://mastodon.social");
  EXPECT_EQ(config.sources[1].appview, "https://public.api.bsky.app");
}

TEST_F(ConfigReference, LoadsWithEveryKeySwitchedOn) {
  std::string text;
  for (std::string line : lines()) {
    if (line.starts_with("#") && !line.starts_with("# ") && line != "#") line.erase(0, 1);
    text += line + "\n";
  }
  request_.overrides = {"daemon.contact=me@agency.test"};
  EXPECT_EQ(load(text).exports.size(), 1u);
}

TEST_F(ConfigReference, ShowsEveryKeyThereIs) {
  const std::vector<std::string> shown = keys_shown();
  for (const OptionInfo& option : all_options()) {
    EXPECT_THAT(shown,
                testing::Contains(std::string(option.section) + "." + std::string(option.key)));
  }
}

TEST_F(ConfigReference, ShowsTheDefaults) {
  request_.file = reference_path;
  request_.overrides = {"daemon.contact="};
  for (const char* source : {"mastodon.social", "bluesky"}) {
    const std::string name(source);
    request_.overrides.push_back("source." + name + ".type=none");
    request_.overrides.push_back("source." + name + ".url=http://127.0.0.1:1");
    request_.overrides.push_back("source." + name + ".appview=http://127.0.0.1:1");
    request_.overrides.push_back("source." + name + ".jetstream=[]");
  }
  request_.overrides.push_back("http.allow_private=[127.0.0.1:1]");
  request_.source_types = {
      {.type = "none", .required = {}, .optional = {"url", "appview", "jetstream"}}};
  Config shown = load_config(request_);
  Config defaults = load_config({});
  shown.sources.clear();
  shown.niches.clear();
  shown.http.allow_private.clear();
  EXPECT_EQ(print_config(shown), print_config(defaults));
}

TEST(Options, DefaultsAreGoodValuesOfTheirOption) {
  const Value none{.place = {}, .content = Table{}};
  for_each_single(
      static_cast<const Config&>(Config()), [&](std::string_view name, const auto& part) {
        using Section = std::decay_t<decltype(part)>;
        for (const Option<Section>& option : options_of<Section>()) {
          Section section;
          const Value value{.place = {}, .content = BareText{std::string(option.fallback)}};
          EXPECT_EQ(read_option(option, value, section), std::nullopt) << name << "." << option.key;
        }
      });
  for (const Option<SourceSection>& option : options_of<SourceSection>()) {
    SourceSection section;
    const Value value{.place = {}, .content = BareText{std::string(option.fallback)}};
    if (option.fallback == required || option.key == "gap") continue;
    EXPECT_EQ(read_option(option, value, section), std::nullopt) << "source." << option.key;
  }
}

TEST(Options, HaveOneLineOfHelpAndAKeyOfTheirOwn) {
  std::vector<std::string> keys;
  for (const OptionInfo& option : all_options()) {
    EXPECT_GT(option.help.size(), 10u) << option.key;
    EXPECT_EQ(option.help.find('\n'), std::string_view::npos) << option.key;
    EXPECT_FALSE(option.type.empty()) << option.key;
    const std::string key = std::string(option.section) + "." + std::string(option.key);
    EXPECT_THAT(keys, testing::Not(testing::Contains(key)));
    keys.push_back(key);
  }
  EXPECT_GT(keys.size(), 50u);
}

}  // namespace
}  // namespace tagscout
