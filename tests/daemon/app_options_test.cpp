#include "daemon/app_options.h"

#include <gtest/gtest.h>

namespace tagscout {
namespace {

Config with_source(const std::string& url) {
  Config config;
  SourceSection section;
  section.name = "home";
  section.type = "mastodon";
  section.url = url;
  config.sources.push_back(section);
  return config;
}

TEST(AppOptions, RedirectsLeadAnywhereUnlessListsSayOtherwise) {
  Config config = with_source("https://loom.test");
  EXPECT_TRUE(fetcher_options(config).may_lead_to("https://thimble.test"));
  config.origin.deny_hosts = {"thimble.test", "loom.test"};
  const FetcherOptions options = fetcher_options(config);
  EXPECT_FALSE(options.may_lead_to("https://thimble.test"));
  EXPECT_FALSE(options.may_lead_to("https://thimble.test:8443"));
  EXPECT_FALSE(options.may_lead_to("https://loom.test")) << "named as a source, and denied";
  EXPECT_TRUE(options.may_lead_to("https://www.thimble.test"));
}

TEST(AppOptions, RedirectsLeadOnlyToTheListedAndToWhomASourceNames) {
  Config config = with_source("https://loom.test");
  config.origin.allow_hosts = {"thimble.test"};
  const FetcherOptions options = fetcher_options(config);
  EXPECT_TRUE(options.may_lead_to("https://thimble.test"));
  EXPECT_TRUE(options.may_lead_to("https://loom.test"));
  EXPECT_FALSE(options.may_lead_to("https://bobbin.test"));
  EXPECT_FALSE(ingest_options(config).may_ask("https://loom.test")) << "readings at home are not";
}

TEST(AppOptions, SourcesAreReadOnWhereNobodyIsReadAtHome) {
  Config config = with_source("https://loom.test");
  config.origin.read = false;
  EXPECT_FALSE(ingest_options(config).may_ask("https://loom.test"));
  EXPECT_TRUE(ingest_options(config).may_ask("bluesky")) << "a queue, not a server";
  EXPECT_TRUE(fetcher_options(config).may_lead_to("https://www.loom.test"));
}

}  // namespace
}  // namespace tagscout
