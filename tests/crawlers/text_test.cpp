#include "crawlers/text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tagscout {
namespace {

TEST(Text, TakesTagsOutOfHtmlWithoutLeavingABlank) {
  struct Case {
    std::string html;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"", ""},
      {"plain", "plain"},
      {"<p>one</p><p>two</p>", "onetwo"},
      {R"(<a href="https://h.example/tags/x" class="mention hashtag">#<span>x</span></a>!)", "#x!"},
      {"a<br>b<br/>c", "abc"},
      {"<!-- a > b --><b>c</b>", "c"},
      {"<!-- never ends", ""},
      {"1 < 2 and 3 > 2", "1 < 2 and 3 > 2"},
      {"a <b", "a <b"},
      {"<", "<"},
      {"<3 you", "<3 you"},
      {"Tom &amp; Ada &lt;3 &gt; &quot;x&quot; &#39;y&#x27; &apos;", "Tom & Ada <3 > \"x\" 'y' '"},
      {"R&D & more &", "R&D & more &"},
      {"&unknown; &#xZZ; &#; &#0; &#xD800; &#x110000;",
       "&unknown; &#xZZ; &#; &#0; &#xD800; &#x110000;"},
      {"&#233;&#x65E5;&#128512;", "é日😀"},
      {"&ampersand", "&ampersand"},
      {"a&nbsp;b",
       "a\xC2\xA0"
       "b"},
      {"&amp;lt;", "&lt;"},
  };
  for (const Case& each : cases) EXPECT_EQ(html_to_text(each.html), each.want) << each.html;
}

TEST(Text, FindsMarkersInABio) {
  const std::vector<std::string> yes = {
      "#nobot",         "#NoBot",      "hello #nobots.", "#noindex please", "x #NOARCHIVE y",
      "(#nosearch)",    "#nobot🤖",  "#nobot, thanks", "##nobot",         "first#nobot",
      "#nobots #other", "#nobot-ever", "日本語#nobot。",
  };
  const std::vector<std::string> no = {
      "",          "nobot",       "# nobot", "#nobotany", "#nobots2", "#nobot_",        "#nobotx",
      "#noindexé", "#nosearchの", "#no bot", "#nobo",     "#indexno", "#nobot\xCC\x81",
  };
  for (const std::string& bio : yes) EXPECT_TRUE(has_bio_marker(bio)) << bio;
  for (const std::string& bio : no) EXPECT_FALSE(has_bio_marker(bio)) << bio;
}

TEST(Text, FindsMarkersInABioOfHtml) {
  const std::vector<std::string> yes = {
      R"(<p><a href="https://h.example/tags/nobot">#<span>nobot</span></a></p>)",
      "<p>I sew</p><p>#NoBot</p>",
      "<p>#nobot</p><p>Welcome</p>",
      "#noindex<br>and more",
      "&#35;nobot",
      "&num;nobot",
      "#<b>no</b>bot",
      "#no<wbr>bot",
  };
  const std::vector<std::string> no = {
      R"(<a href="https://h.example/#nobot">my page</a>)",
      "<p>#nobotany</p>",
      "<p>#no</p> <p>bot</p>",
      "<!-- #nobot -->",
  };
  for (const std::string& bio : yes) EXPECT_TRUE(has_bio_marker_html(bio)) << bio;
  for (const std::string& bio : no) EXPECT_FALSE(has_bio_marker_html(bio)) << bio;
}

TEST(Text, ClipsBetweenCharacters) {
  EXPECT_EQ(clipped("abc", 3), "abc");
  EXPECT_EQ(clipped("abcd", 3), "abc");
  EXPECT_EQ(clipped("aé", 2), "a");
  EXPECT_EQ(clipped("aé", 3), "aé");
  EXPECT_EQ(clipped("日本", 5), "日");
  EXPECT_EQ(clipped("😀", 3), "");
  EXPECT_EQ(clipped("", 0), "");
}

}  // namespace
}  // namespace tagscout
