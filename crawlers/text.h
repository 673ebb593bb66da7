// Texts that people write about themselves: HTML to plain text, wishes in bios, bounded lengths.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tagscout {

// The text of a piece of HTML. Tags and comments vanish without leaving a blank; entities are
// decoded, and an ampersand or angle bracket that belongs to none stays as it is.
std::string html_to_text(std::string_view html);

// True if a bio asks robots to stay away: #nobot, #nobots, #noindex, #noarchive or #nosearch, in
// any case, not continued by a further letter, digit or underscore.
bool has_bio_marker(std::string_view text);

// Likewise for a bio in HTML, where a marker may be cut by tags, or ended by the end of a
// paragraph.
bool has_bio_marker_html(std::string_view html);

// The longest prefix of at most `bytes_max` bytes that does not cut a character of UTF-8.
std::string_view clipped(std::string_view text, size_t bytes_max);

}  // namespace tagscout
