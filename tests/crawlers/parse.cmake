tagscout_test(parse_test
  SOURCES batch_test.cpp home_test.cpp json_test.cpp tag_test.cpp text_test.cpp
  LIBRARIES tagscout_crawlers tagscout_support simdjson::simdjson PkgConfig::ICU PkgConfig::ZSTD)
