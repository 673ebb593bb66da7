# Making sense of what they answer: fields, tags, times, one network a file.
add_library(tagscout_crawlers STATIC
  batch.cpp home.cpp home_router.cpp json.cpp registry.cpp server_software.cpp tag.cpp text.cpp
  sources/bluesky.cpp sources/bluesky_frame.cpp sources/bluesky_ids.cpp sources/bluesky_labels.cpp
  sources/bluesky_origin.cpp sources/bluesky_parse.cpp sources/bluesky_source.cpp
  sources/bluesky_stream.cpp
  sources/mastodon.cpp sources/mastodon_access.cpp sources/mastodon_dialect.cpp
  sources/mastodon_feed.cpp sources/mastodon_id.cpp sources/mastodon_origin.cpp
  sources/mastodon_pace.cpp sources/mastodon_packs.cpp sources/mastodon_parse.cpp
  sources/mastodon_probe.cpp sources/mastodon_seen.cpp sources/mastodon_source.cpp
  sources/mastodon_stream.cpp
  sources/peertube.cpp sources/peertube_parse.cpp)
target_link_libraries(tagscout_crawlers PUBLIC tagscout_net tagscout_config
                      PRIVATE simdjson::simdjson PkgConfig::ICU PkgConfig::ZSTD)
