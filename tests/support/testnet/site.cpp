#include "tests/support/testnet/site.h"

#include <ctime>

namespace tagscout::testnet {

std::string http_date(Time at) {
  const std::time_t seconds = static_cast<std::time_t>(to_us(at) / 1'000'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const size_t size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return std::string(text, size);
}

}  // namespace tagscout::testnet
