// Characters of UTF-8 text that may come from anywhere, and which of them a terminal must not see.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tagscout {

inline constexpr char32_t replacement_character = U'\uFFFD';

struct DecodedCharacter {
  char32_t character = replacement_character;  // of an invalid byte too
  size_t bytes = 1;                            // how many it takes
};

// The first character of a text that is not empty. An invalid byte counts as one character.
DecodedCharacter decode_utf8(std::string_view text);

void append_utf8(std::string& out, char32_t character);

// C0, DEL, C1, line and paragraph separators, and the characters that steer bidirectional text.
bool is_control(char32_t character);

template <class Visit>
void for_each_character(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const DecodedCharacter decoded = decode_utf8(text);
    visit(decoded.character);
    text.remove_prefix(decoded.bytes);
  }
}

}  // namespace tagscout
