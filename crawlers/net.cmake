# Reaching servers: names, addresses, HTTP, WebSocket, manners.
add_library(tagscout_net STATIC
  address.cpp answer_cache.cpp backoff.cpp clock_witness.cpp connection_pool.cpp connector.cpp error.cpp fetcher.cpp http.cpp
  http_redirect.cpp http_status.cpp http_time.cpp inflate.cpp pacer.cpp proxy.cpp rate_limit.cpp resolver.cpp
  robots.cpp robots_copy.cpp tls_context.cpp tls_sessions.cpp tunnel.cpp turns.cpp url.cpp
  wait_list.cpp web_socket.cpp)
target_link_libraries(tagscout_net PUBLIC tagscout_model tagscout_boost
                      PRIVATE PkgConfig::DEFLATE)
tagscout_beast(tagscout_net)
