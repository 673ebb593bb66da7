#include "crawlers/robots.h"

#include <gtest/gtest.h>

namespace tagscout {
namespace {

struct Case {
  const char* what;
  const char* text;
  const char* target;
  bool allowed;
};

const Case cases[] = {
    {"no rules", "", "/x", true},
    {"all closed", "User-agent: *\nDisallow: /\n", "/x", false},
    {"an empty rule closes nothing", "User-agent: *\nDisallow:\n", "/x", true},
    {"a folder", "User-agent: *\nDisallow: /api/", "/api/v1/x", false},
    {"beside a folder", "User-agent: *\nDisallow: /api/", "/apis", true},
    {"a prefix", "User-agent: *\nDisallow: /api", "/apis", false},
    {"case of a path counts", "User-agent: *\nDisallow: /API", "/api", true},
    {"case of a key does not", "USER-AGENT: *\nDISALLOW: /api", "/api", false},
    {"another's group", "User-agent: otherbot\nDisallow: /\n", "/x", true},
    {"our group", "User-agent: tagscout\nDisallow: /\n", "/x", false},
    {"our name in capitals, with a version", "User-agent: TagScout/1.0\nDisallow: /", "/x", false},
    {"a longer name is not ours", "User-agent: tagscouting\nDisallow: /\n", "/x", true},
    {"our group instead of the general one",
     "User-agent: *\nDisallow: /\n\nUser-agent: tagscout\nDisallow: /private\n", "/x", true},
    {"our empty group instead of the general one",
     "User-agent: *\nDisallow: /\n\nUser-agent: tagscout\n", "/x", true},
    {"the general one after ours", "User-agent: tagscout\nAllow: /\n\nUser-agent: *\nDisallow: /\n",
     "/x", true},
    {"two names share a group", "User-agent: otherbot\nUser-agent: tagscout\nDisallow: /a", "/a",
     false},
    {"two groups of ours are one",
     "User-agent: tagscout\nDisallow: /a\nUser-agent: x\nDisallow: /c\nUser-agent: "
     "tagscout\nDisallow: /b",
     "/b", false},
    {"two groups of ours are one, the first half",
     "User-agent: tagscout\nDisallow: /a\nUser-agent: x\nDisallow: /c\nUser-agent: "
     "tagscout\nDisallow: /b",
     "/a", false},
    {"not what stands between them",
     "User-agent: tagscout\nDisallow: /a\nUser-agent: x\nDisallow: /c\nUser-agent: "
     "tagscout\nDisallow: /b",
     "/c", true},
    {"the longest rule decides", "User-agent: *\nDisallow: /api/\nAllow: /api/v1/", "/api/v1/x",
     true},
    {"the longest rule decides, whatever the order",
     "User-agent: *\nAllow: /api/v1/\nDisallow: /api/", "/api/v1/x", true},
    {"the longest rule decides, against us", "User-agent: *\nAllow: /\nDisallow: /api", "/api/v1",
     false},
    {"a tie allows", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", true},
    {"a tie allows, whatever the order", "User-agent: *\nAllow: /a\nDisallow: /a", "/a", true},
    {"a star inside", "User-agent: *\nDisallow: /a/*/z", "/a/b/c/z/y", false},
    {"a star inside, not met", "User-agent: *\nDisallow: /a/*/z", "/a/z", true},
    {"a star in front", "User-agent: *\nDisallow: *.json", "/a/b.json", false},
    {"an end", "User-agent: *\nDisallow: /a$", "/a", false},
    {"an end, not met", "User-agent: *\nDisallow: /a$", "/ab", true},
    {"star and end", "User-agent: *\nDisallow: /*.php$", "/x.php/y.php", false},
    {"star and end, not met", "User-agent: *\nDisallow: /*.php$", "/x.php?y", true},
    {"a dollar inside is itself", "User-agent: *\nDisallow: /a$b", "/a$bc", false},
    {"the query counts", "User-agent: *\nDisallow: /*?*min_id=", "/t/x?limit=40&min_id=7", false},
    {"encoded and plain are the same", "User-agent: *\nDisallow: /caf%C3%A9", "/caf%c3%a9/x",
     false},
    {"UTF-8 and encoded are the same", "User-agent: *\nDisallow: /caf\xC3\xA9", "/caf%C3%A9",
     false},
    {"an unreserved character encoded", "User-agent: *\nDisallow: /%61b", "/ab", false},
    {"a slash encoded is another", "User-agent: *\nDisallow: /a%2Fb", "/a/b", true},
    {"comments", "# all\nUser-agent: * # everybody\nDisallow: /a # here", "/a", false},
    {"carriage returns", "User-agent: *\r\nDisallow: /a\r\n", "/a", false},
    {"old line ends", "User-agent: *\rDisallow: /a\r", "/a", false},
    {"blanks", "  User-agent :  *  \n\tDisallow\t:\t/a\t\n", "/a", false},
    {"a byte order mark", "\xEF\xBB\xBFUser-agent: *\nDisallow: /a", "/a", false},
    {"other keys end no list of names", "User-agent: tagscout\nCrawl-delay: 5\nDisallow: /a", "/a",
     false},
    {"a sitemap belongs to nobody", "User-agent: *\nSitemap: https://a.test/s\nDisallow: /a", "/a",
     false},
    {"a rule before any name", "Disallow: /\n", "/x", true},
    {"a rule without a slash", "User-agent: *\nDisallow: api", "/api", true},
    {"a page that is no robots.txt", "<html><body>User-agent wanted: Disallow</body></html>", "/x",
     true},
    {"bytes", "\xFF\xFE\x01\x02:\x03", "/x", true},
    {"robots.txt as servers of these networks write it",
     "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /media_proxy/\nDisallow: "
     "/interact/\n",
     "/api/v1/timelines/tag/x", true},
    {"a server that closes its API", "User-agent: *\nDisallow: /api/\nDisallow: /auth/\n",
     "/api/v1/timelines/tag/x?limit=40", false},
};

TEST(Robots, DecidesAsTheStandardSays) {
  for (const Case& c : cases) {
    EXPECT_EQ(Robots(c.text, "tagscout").allows(c.target), c.allowed) << c.what;
  }
}

TEST(Robots, AllowsEverythingUnlessTold) { EXPECT_TRUE(Robots().allows("/anything")); }

TEST(Robots, IsQuickWithManyStars) {
  std::string text = "User-agent: *\nDisallow: /";
  for (int i = 0; i < 200; ++i) text += "*a";
  const Robots robots(text + "b", "tagscout");
  EXPECT_TRUE(robots.allows("/" + std::string(5000, 'a')));
  EXPECT_FALSE(robots.allows("/" + std::string(5000, 'a') + "b"));
}

TEST(Robots, ReadsNoMoreThan500Kilobytes) {
  const std::string comment = "#" + std::string(size_t{510} * 1024, 'x') + "\n";
  EXPECT_TRUE(Robots(comment + "User-agent: *\nDisallow: /", "tagscout").allows("/x"));
}

TEST(Robots, SurvivesEveryPrefix) {
  const std::string text = "User-agent: tagscout\nDisallow: /caf%C3%A9*x$\nAllow: /%4\n";
  for (size_t size = 0; size <= text.size(); ++size) {
    const std::string prefix = text.substr(0, size);
    const bool closed = prefix.ends_with("Disallow: /");
    EXPECT_EQ(Robots(prefix, "tagscout").allows("/other"), !closed) << size;
  }
}

}  // namespace
}  // namespace tagscout
