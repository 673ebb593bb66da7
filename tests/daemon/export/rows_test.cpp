#include "daemon/export/rows.h"

#include <gtest/gtest.h>

namespace tagscout {
namespace {

TEST(ExportRows, ColumnsAreTheFieldsOfTheInterface) {
  EXPECT_EQ(export_header(ExportWhat::flags, ExportFormat::csv),
            "id,at,kind,ladder,band,account,network,handle,url,followers,followers_before,as_of,"
            "provenance,source,niches,engagement_rate,engagement_sample\r\n");
  EXPECT_EQ(export_header(ExportWhat::accounts, ExportFormat::csv),
            "id,network,handle,display_name,url,followers,following,posts,as_of,provenance,"
            "first_seen_at,last_seen_at,bands,niches,tags,posts_seen,engagement_likes,"
            "engagement_reposts,engagement_replies,engagement_quotes,engagement_views,"
            "engagement_rate,engagement_sample,bot,state,origin_error,moved_to,opt_out,bridged,"
            "key,op\r\n");
  EXPECT_EQ(export_header(ExportWhat::posts, ExportFormat::csv),
            "id,network,account,url,created_at,first_seen_at,tags,language,likes,reposts,replies,"
            "quotes,views,counts_as_of,provenance\r\n");
  EXPECT_EQ(export_header(ExportWhat::posts, ExportFormat::ndjson), "");
}

TEST(ExportRows, WritesAnAccountInEitherFormat) {
  const std::string text =
      R"({"id":"ap:u","network":"activitypub","handle":null,"followers":12000,)"
      R"("bands":{"default":"micro"},"tags":{"a b":2,"c":1},"engagement":{"likes":9,"views":null},)"
      R"("engagement_rate":0.004,"bot":null,"opt_out":["locked","noindex"],"key":"00"})";
  const JsonNode account = *parse_json(text);
  EXPECT_EQ(export_row(ExportWhat::accounts, ExportFormat::csv, account),
            "ap:u,activitypub,,,,12000,,,,,,,default=micro,,a%20b=2 c=1,,9,,,,,0.004,,,,,,"
            "locked noindex,,00,\r\n");
  EXPECT_EQ(export_row(ExportWhat::accounts, ExportFormat::ndjson, account), text + "\n");
}

TEST(ExportRows, KnowsItsNamesAndNoOthers) {
  EXPECT_EQ(export_what_of_name("posts"), ExportWhat::posts);
  EXPECT_EQ(export_format_of_name("ndjson"), ExportFormat::ndjson);
  for (const char* name : {"", "flag", "FLAGS", "everything"}) {
    EXPECT_FALSE(export_what_of_name(name)) << name;
  }
  for (const char* name : {"", "ndjson.zst", "CSV", "xml"}) {
    EXPECT_FALSE(export_format_of_name(name)) << name;
  }
}

}  // namespace
}  // namespace tagscout
