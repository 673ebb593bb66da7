// A store, and queries over it whose answers are read back.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/json_reader.h"
#include "daemon/query.h"
#include "tests/daemon/support/sample_store.h"

namespace tagscout {

class QueryTest : public testing::Test {
 protected:
  QueryTest() { options_.bands = sample_bands(); }

  Query query() { return {store_.database(), store_.hasher(), options_, sample_now()}; }

  JsonNode accounts(const AccountFilter& filter) {
    return parse_json(query().accounts(filter, {})).value_or(JsonNode());
  }
  JsonNode posts(const PostFilter& filter) {
    return parse_json(query().posts(filter, {})).value_or(JsonNode());
  }
  JsonNode flags(const FlagFilter& filter) {
    return parse_json(query().flags(filter, {})).value_or(JsonNode());
  }

  static std::vector<std::string> texts(const JsonNode& page, std::string_view field) {
    std::vector<std::string> found;
    for (const JsonNode& item : page["items"].array()) {
      found.emplace_back(item[field].text().value_or("?"));
    }
    return found;
  }

  // A post of the account under tags and niches.
  PostRecord post(const AccountFacts& author, const std::string& name,
                  const std::vector<std::string>& tags,
                  const std::vector<std::string>& niches = {}) {
    PostRecord record = sample_post(name);
    for (const std::string& tag : tags) record.tags.push_back(store_.tag(tag));
    for (const std::string& niche : niches) record.niches.push_back(store_.niche(niche));
    store_.put(author, record);
    return record;
  }

  SampleStore store_;
  QueryOptions options_;
};

// The same on the other network.
inline AccountFacts bluesky_account(const std::string& name) {
  AccountFacts facts = sample_account(name);
  facts.id = AccountId("bluesky:did:plc:" + name);
  facts.handle = name + ".bsky.example";
  return facts;
}

}  // namespace tagscout
