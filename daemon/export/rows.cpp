#include "daemon/export/rows.h"

#include <array>

namespace tagscout {
namespace {

constexpr CsvColumn plain(std::string_view name) {
  return {.name = name, .field = name, .part = {}};
}

constexpr std::array flag_columns = {
    plain("id"),
    plain("at"),
    plain("kind"),
    plain("ladder"),
    plain("band"),
    plain("account"),
    plain("network"),
    plain("handle"),
    plain("url"),
    plain("followers"),
    plain("followers_before"),
    plain("as_of"),
    plain("provenance"),
    plain("source"),
    plain("niches"),
    plain("engagement_rate"),
    plain("engagement_sample"),
};

constexpr std::array account_columns = {
    plain("id"),
    plain("network"),
    plain("handle"),
    plain("display_name"),
    plain("url"),
    plain("followers"),
    plain("following"),
    plain("posts"),
    plain("as_of"),
    plain("provenance"),
    plain("first_seen_at"),
    plain("last_seen_at"),
    plain("bands"),
    plain("niches"),
    plain("tags"),
    plain("posts_seen"),
    CsvColumn{.name = "engagement_likes", .field = "engagement", .part = "likes"},
    CsvColumn{.name = "engagement_reposts", .field = "engagement", .part = "reposts"},
    CsvColumn{.name = "engagement_replies", .field = "engagement", .part = "replies"},
    CsvColumn{.name = "engagement_quotes", .field = "engagement", .part = "quotes"},
    CsvColumn{.name = "engagement_views", .field = "engagement", .part = "views"},
    plain("engagement_rate"),
    plain("engagement_sample"),
    plain("bot"),
    plain("state"),
    plain("origin_error"),
    plain("moved_to"),
    plain("opt_out"),
    plain("bridged"),
    plain("key"),
    plain("op"),  // empty for living rows
};

constexpr std::array post_columns = {
    plain("id"),         plain("network"),       plain("account"),    plain("url"),
    plain("created_at"), plain("first_seen_at"), plain("tags"),       plain("language"),
    plain("likes"),      plain("reposts"),       plain("replies"),    plain("quotes"),
    plain("views"),      plain("counts_as_of"),  plain("provenance"),
};

}  // namespace

std::optional<ExportWhat> export_what_of_name(std::string_view name) {
  if (name == "flags") return ExportWhat::flags;
  if (name == "accounts") return ExportWhat::accounts;
  if (name == "posts") return ExportWhat::posts;
  return {};
}

std::optional<ExportFormat> export_format_of_name(std::string_view name) {
  if (name == "csv") return ExportFormat::csv;
  if (name == "ndjson") return ExportFormat::ndjson;
  return {};
}

std::span<const CsvColumn> export_columns(ExportWhat what) {
  switch (what) {
    case ExportWhat::flags:
      return flag_columns;
    case ExportWhat::accounts:
      return account_columns;
    case ExportWhat::posts:
      return post_columns;
  }
  return {};
}

std::string export_header(ExportWhat what, ExportFormat format) {
  return format == ExportFormat::csv ? csv_header(export_columns(what)) : std::string();
}

std::string export_row(ExportWhat what, ExportFormat format, const JsonNode& object) {
  if (format == ExportFormat::csv) return csv_row(export_columns(what), object);
  return to_json(object) + "\n";
}

}  // namespace tagscout
