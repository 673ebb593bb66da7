#include "crawlers/error.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tagscout {
namespace {

TEST(Error, EveryKindHasItsName) {
  const std::pair<ErrorKind, std::string_view> cases[] = {
      {ErrorKind::auth, "auth"},           {ErrorKind::forbidden, "forbidden"},
      {ErrorKind::not_found, "not_found"}, {ErrorKind::rate_limited, "rate_limited"},
      {ErrorKind::quota, "quota"},         {ErrorKind::bad_request, "bad_request"},
      {ErrorKind::transient, "transient"}, {ErrorKind::protocol, "protocol"},
  };
  for (const auto& [kind, name] : cases) EXPECT_EQ(error_kind_name(kind), name);
}

TEST(Error, ValueOfAFailureThrowsWhatWentWrong) {
  const Result<int> result = Error(ErrorKind::auth, "a token is wanted");
  try {
    (void)result.value();
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "auth: a token is wanted");
  }
}

}  // namespace
}  // namespace tagscout
