tagscout_test(parse_test
  SOURCES batch_test.cpp contract_test.cpp corpus_bluesky_test.cpp corpus_mastodon_test.cpp
          corpus_streaming_test.cpp home_router_test.cpp home_test.cpp json_test.cpp
          server_software_test.cpp tag_test.cpp text_test.cpp
          sources/bluesky_frame_test.cpp sources/bluesky_origin_test.cpp
          sources/bluesky_parse_test.cpp sources/bluesky_source_test.cpp
          sources/bluesky_stream_test.cpp
          sources/mastodon_access_test.cpp sources/mastodon_batch_test.cpp
          sources/mastodon_dialect_test.cpp sources/mastodon_feed_test.cpp
          sources/mastodon_origin_test.cpp sources/mastodon_pace_test.cpp
          sources/mastodon_packs_test.cpp sources/mastodon_parse_test.cpp
          sources/mastodon_pitfall_test.cpp sources/mastodon_polling_test.cpp
          sources/mastodon_probe_test.cpp sources/mastodon_source_test.cpp
          sources/mastodon_stream_test.cpp sources/mastodon_webfinger_test.cpp
          sources/peertube_test.cpp
  LIBRARIES tagscout_crawlers tagscout_support simdjson::simdjson PkgConfig::ICU PkgConfig::ZSTD)

# The same sources against the simulated network: every pitfall by its number.
tagscout_test(pitfall_test
  SOURCES sources/testnet_bench.cpp sources/testnet_bluesky_test.cpp
          sources/testnet_jetstream_test.cpp sources/testnet_observed_test.cpp
          sources/testnet_paging_test.cpp sources/testnet_refusal_test.cpp
          sources/testnet_streaming_test.cpp sources/testnet_truth_test.cpp
  LIBRARIES tagscout_crawlers tagscout_testnet_web)
