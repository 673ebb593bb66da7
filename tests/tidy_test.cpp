// The house rules, checked over the whole tree; and the checks themselves, on small snippets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/tidy/checks.h"

namespace tagscout::tidy {
namespace {

using Check = std::function<Findings(const SourceFile&)>;

struct Snippet {
  std::string path;
  std::string text;
  std::vector<size_t> lines;  // of the breaches; empty = clean
};

void expect_findings(const Check& check, const std::vector<Snippet>& snippets) {
  for (const Snippet& snippet : snippets) {
    std::vector<size_t> lines;
    for (const Finding& finding : check(make_source_file(snippet.path, snippet.text)))
      lines.push_back(finding.line);
    EXPECT_EQ(lines, snippet.lines) << snippet.path << ":\n" << snippet.text;
  }
}

TEST(TidySourceFile, TellsCodeFromCommentsAndLiterals) {
  const SourceFile file = make_source_file("a.cpp",
                                           "#include \"a/b.h\"\n"
                                           "#include <vector>  // why\n"
                                           "int a = 1'000; /* two\nlines */ char c = '\"';\n"
                                           "auto s = \"x // \\\" y\"; auto r = R\"(raw \" )\";\n");
  EXPECT_EQ(lines_of(file.code).size(), lines_of(file.text).size());
  EXPECT_EQ(file.code.find("two"), std::string::npos);
  EXPECT_EQ(file.code.find("raw"), std::string::npos);
  EXPECT_NE(file.code.find("1'000"), std::string::npos);
  ASSERT_EQ(file.literals.size(), 2u);
  EXPECT_EQ(file.literals[0].text, "x // \\\" y");
  EXPECT_EQ(file.literals[0].line, 5u);
  EXPECT_EQ(file.literals[1].text, "raw \" ");
  ASSERT_EQ(file.includes.size(), 2u);
  EXPECT_TRUE(file.includes[0].quoted);
  EXPECT_EQ(file.includes[1].path, "vector");
}

TEST(TidySourceFile, SurvivesWhatIsCutOff) {
  for (const std::string text :
       {"\"", "'", "/*", "R\"", "R\"x(", "\"\\", "#include", "#include \"x"})
    EXPECT_EQ(make_source_file("a.cpp", text).code.size(), text.size()) << text;
}

TEST(TidyMatches, FoldersFilesAndStars) {
  EXPECT_TRUE(matches("storage/model/ids.h", "storage/"));
  EXPECT_TRUE(matches("storage/database.cpp", "storage/database*"));
  EXPECT_TRUE(matches("crawlers/url.h", "crawlers/*"));
  EXPECT_FALSE(matches("crawlers/sources/x.h", "crawlers/*"));
  EXPECT_FALSE(matches("storage2/x.h", "storage/"));
  EXPECT_FALSE(matches("config/a.h", "config/*.cpp"));
}

TEST(TidyIncludes, FollowTheTable) {
  const Check check = [](const SourceFile& file) {
    return check_include_table(file, [](const std::string& path) { return path != "gone.h"; });
  };
  expect_findings(
      check,
      {{"storage/model/a.h", "#include \"storage/model/b.h\"\n", {}},
       {"storage/model/a.h", "#include \"storage/keys.h\"\n", {1}},
       {"storage/a.cpp", "#include \"storage/model/b.h\"\n#include \"config/config.h\"\n", {2}},
       {"config/a.cpp", "#include \"storage/model/band.h\"\n#include \"storage/keys.h\"\n", {2}},
       {"config/a.cpp", "#include \"crawlers/url.h\"\n", {1}},
       {"crawlers/a.cpp", "#include \"config/source_section.h\"\n#include \"crawlers/b.h\"\n", {}},
       {"crawlers/a.cpp", "#include \"config/config.h\"\n#include \"storage/keys.h\"\n", {1, 2}},
       {"crawlers/a.cpp", "#include \"crawlers/sources/x.h\"\n", {1}},
       {"crawlers/registry.cpp", "#include \"crawlers/sources/x.h\"\n", {}},
       {"crawlers/sources/a.cpp", "#include \"crawlers/sources/x.h\"\n", {}},
       {"daemon/judge/a.cpp", "#include \"daemon/judge/b.h\"\n#include \"storage/keys.h\"\n", {2}},
       {"daemon/a.cpp", "#include \"config/config.h\"\n#include \"crawlers/source.h\"\n", {}},
       {"daemon/a.cpp", "#include \"crawlers/sources/x.h\"\n", {1}},
       {"daemon/command/a.cpp", "#include \"daemon/admin/routes.h\"\n", {}},
       {"daemon/command/a.cpp", "#include \"storage/database.h\"\n", {1}},
       {"tests/a.cpp", "#include \"crawlers/sources/x.h\"\n", {}},
       {"daemon/a.cpp", "#include \"gone.h\"\n#include \"tests/support/x.h\"\n", {1, 2}},
       {"daemon/a.cpp", "// #include \"gone.h\"\n", {}}});
}

TEST(TidyFences, LibrariesStayInTheirFiles) {
  expect_findings(check_fences,
                  {{"storage/database.cpp", "#include <rocksdb/db.h>\n", {}},
                   {"storage/database_merge.cpp", "#include <rocksdb/db.h>\n", {}},
                   {"storage/database.h", "#include <rocksdb/db.h>\n", {1}},
                   {"daemon/a.cpp", "#include <vector>\n#include <rocksdb/db.h>\n", {2}},
                   {"crawlers/http.cpp", "#include <boost/beast/http.hpp>\n", {}},
                   {"crawlers/fetcher.cpp", "#include <boost/beast/http.hpp>\n", {1}},
                   {"crawlers/http.cpp", "#include <boost/beast.hpp>\n", {1}},
                   {"crawlers/http.cpp", "#include <boost/asio.hpp>\n", {1}},
                   {"crawlers/a.cpp", "#include <boost/asio/awaitable.hpp>\n", {}},
                   {"crawlers/json.h", "#include <simdjson.h>\n", {}},
                   {"daemon/query.cpp", "#include <simdjson.h>\n", {1}},
                   {"config/document.cpp", "#include <toml++/toml.h>\n", {}},
                   {"config/value.h", "#include <toml++/toml.h>\n", {1}},
                   {"daemon/json_writer.cpp", "#include <rapidjson/writer.h>\n", {}},
                   {"daemon/query.cpp", "#include <rapidjson/writer.h>\n", {1}},
                   {"daemon/a.cpp", "#include <gtest/gtest.h>\n", {1}}});
}

std::string repeated(const std::string& line, size_t times) {
  std::string text;
  for (size_t i = 0; i < times; ++i) text += line;
  return text;
}

TEST(TidySizes, FilesAndLinesHaveLimits) {
  expect_findings(check_sizes, {{"a.h", repeated("int x;\n", 120), {}},
                                {"a.h", repeated("int x;\n", 121), {121}},
                                {"a.cpp", repeated("int x;\n", 400), {}},
                                {"a.cpp", repeated("int x;\n", 401), {401}},
                                {"a.cpp", "//" + std::string(98, 'x') + "\n", {}},
                                {"a.cpp", "\n//" + std::string(99, 'x') + "\n", {2}},
                                {"a.cpp", "//" + repeated("\xc3\xa4", 98) + "\n", {}}});
}

TEST(TidySizes, FunctionsHaveALimit) {
  const std::string body58 = repeated("  x();\n", 58);
  const std::string body59 = repeated("  x();\n", 59);
  const std::string block = "  if (a) {\n" + repeated("    x();\n", 56) + "  }\n";
  expect_findings(
      check_sizes,
      {{"a.cpp", "int f() {\n" + body58 + "}\n", {}},
       {"a.cpp", "int f() {\n" + body59 + "}\n", {1}},
       {"a.cpp", "namespace a {\nclass B {\n public:\n  void f() {\n" + body59 + "}\n};\n}\n", {4}},
       {"a.cpp", "namespace a {\n" + body58 + body58 + "}\n", {}},
       {"a.cpp", "struct A {\n" + repeated("  int f() { return 1; }\n", 90) + "};\n", {}},
       {"a.cpp", "A::A(int b)\n    : b_(b),\n      c_(b) {\n" + body58 + "}\n", {1}},
       {"a.cpp", "int f() {\n" + block + "}\nint g() {\n" + block + "  x();\n}\n", {61}},
       {"a.cpp", "#include <a>\nTEST(A, B) {\n" + body59 + "}\n", {2}},
       {"a.cpp", "constexpr A rows[] = {\n" + repeated("  {1, f(2)},\n", 90) + "};\n", {}},
       {"a.cpp", "int f() {\n  s = \"}\"; // }\n" + body58 + "}\n", {1}}});
}

TEST(TidyCoroutines, OperandsHoldNoTemporaryThatIsDestroyedTwice) {
  expect_findings(check_coroutines,
                  {{"a.cpp", "auto x = co_await f(a, std::move(b));", {}},
                   {"a.cpp", "co_await f(Agg{1});", {1}},
                   {"a.cpp", "co_await f({.x = 1});", {1}},
                   {"a.cpp", "co_await g(\n    f(Agg{1}));", {2}},
                   {"a.cpp", "co_await f([x] { return x; });", {1}},
                   {"a.cpp", "co_await f(a, [] { return 1; });", {1}},
                   {"a.cpp", "co_await [x]() -> awaitable<int> { co_return x; }();", {1}},
                   {"a.cpp", "co_await f(a[1], b()[2], m[k][l]);", {}},
                   {"a.cpp", "if (auto p = co_await f(a); p) { g(Agg{1}); }", {}},
                   {"a.cpp", "while (co_await f(a)) {\n  x = {1};\n}", {}},
                   {"a.cpp", "h(co_await f(a), Agg{1});", {}},
                   {"a.cpp", "co_await (f(a) || g(b));", {}},
                   {"a.cpp", "// co_await f(Agg{1});", {}}});
}

TEST(TidyCoroutines, ParametersOutliveTheCall) {
  expect_findings(check_coroutines,
                  {{"a.h", "awaitable<void> f(std::string a, Clock& clock);", {}},
                   {"a.h", "boost::asio::awaitable<Result<int>> f(\n    std::string a);", {}},
                   {"a.h", "awaitable<void> f(std::string_view a);", {1}},
                   {"a.h", "awaitable<std::vector<int>> A::f(std::span<int> a) {", {1}},
                   {"a.h", "awaitable<void> f(int a = 1);", {1}},
                   {"a.h", "std::function<awaitable<void>()> f(std::string_view a);", {}},
                   {"a.h", "awaitable<void> next() = 0;", {}}});
}

TEST(TidyWords, BannedWordsAreFoundWhereTheyAreBanned) {
  expect_findings(check_words,
                  {{"daemon/a.cpp", "std::shared_ptr<int> p;", {1}},
                   {"storage/database.cpp", "std::shared_ptr<int> p;", {}},
                   {"daemon/a.cpp", "// shared_ptr in a comment\nauto s = \"shared_ptr\";", {}},
                   {"daemon/a.cpp", "auto* p = new int;", {1}},
                   {"daemon/a.cpp", "int posts_new = renew;", {}},
                   {"daemon/a.cpp", "spdlog::info(\"x\");", {1}},
                   {"daemon/a.cpp", "log_.info(\"x\");", {}},
                   {"daemon/a.cpp", "\n#define X 1", {2}},
                   {"daemon/a.h", "using namespace std;", {1}},
                   {"daemon/a.cpp", "using namespace std;", {}},
                   {"tests/a.cpp", "std::this_thread::sleep_for(x);", {1}},
                   {"daemon/a.cpp", "auto t = std::chrono::system_clock::now();", {1}},
                   {"daemon/a.cpp", "auto t = std::chrono::steady_clock::now();", {1}},
                   {"daemon/service/clock.cpp", "auto t = std::chrono::steady_clock::now();", {}},
                   {"daemon/a.cpp", "co_await clock.sleep(x);", {}},
                   {"storage/a.cpp", "std::random_device r; int x = std::rand();", {1, 1}},
                   {"crawlers/a.cpp", "boost::asio::ip::tcp::socket s;", {1}},
                   {"crawlers/http.cpp", "boost::asio::ip::tcp::socket s;", {}},
                   {"daemon/a.cpp", "::connect(s, a, b);", {1}},
                   {"daemon/a.cpp", "signal.connect(s);", {}},
                   {"daemon/a.cpp", "std::ofstream f(path);", {1}},
                   {"crawlers/a.cpp", "std::getenv(\"X\");", {1}},
                   {"daemon/a.cpp", "std::cout << 1;", {1}}});
}

TEST(TidyWords, NetworksAreNamedOnlyAtHome) {
  expect_findings(check_words, {{"daemon/a.cpp", "if (type == \"mastodon\") {}", {1}},
                                {"daemon/a.cpp", "log(\"Bluesky says no\");", {1}},
                                {"daemon/a.cpp", "return Network::bluesky;  // bluesky", {}},
                                {"crawlers/sources/x.cpp", "auto a = \"bluesky\";", {}},
                                {"storage/model/ids.cpp", "auto a = \"bluesky\";", {}},
                                {"tests/a.cpp", "auto a = \"mastodon\";", {}}});
}

TEST(TidyWords, NothingIsPutOff) {
  const std::string later = std::string("TO") + "DO";
  expect_findings(check_words, {{"daemon/a.cpp", "int a;\n// " + later + ": b\n", {2}},
                                {"daemon/a.cpp", "auto a = \"/ho" + std::string("me/me\";"), {1}},
                                {"daemon/a.cpp", "int method, today;\n", {}}});
}

TEST(TidyHeaders, SayWhatTheyAreForAndComeOnce) {
  expect_findings(check_header_form, {{"a.h", "// What.\n#pragma once\n", {}},
                                      {"a.h", "#pragma once\n", {1}},
                                      {"a.h", "// What.\n", {1}},
                                      {"a.h", "", {1, 1}},
                                      {"a.cpp", "int x;\n", {}}});
}

// The project, as it lies on disk.
class Tree {
 public:
  Tree() {
    for (const char* folder : {"storage", "config", "crawlers", "daemon", "tests"}) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(root_ / folder)) {
        if (entry.is_regular_file()) take(entry.path());
      }
    }
  }

  const std::vector<SourceFile>& files() const { return files_; }
  // All CMake files, one after the other.
  const std::string& build() const { return build_; }
  bool has(const std::string& path) const { return std::filesystem::exists(root_ / path); }

 private:
  void take(const std::filesystem::path& path) {
    const std::string extension = path.extension();
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    if (extension == ".h" || extension == ".cpp")
      files_.push_back(make_source_file(path.lexically_relative(root_), text.str()));
    if (extension == ".cmake" || path.filename() == "CMakeLists.txt") build_ += text.str() + "\n";
  }

  std::filesystem::path root_ = TAGSCOUT_SOURCE_DIR;
  std::vector<SourceFile> files_;
  std::string build_;
};

TEST(Tidy, TheTreeKeepsTheHouseRules) {
  const Tree tree;
  EXPECT_GT(tree.files().size(), 100u);
  for (const SourceFile& file : tree.files()) {
    const auto exists = [&tree](const std::string& path) { return tree.has(path); };
    for (const Finding& finding : check_all(file, exists))
      ADD_FAILURE() << finding.path << ":" << finding.line << ": " << finding.what;
  }
}

TEST(Tidy, NoSourceIsDead) {
  const Tree tree;
  std::set<std::string> included;
  for (const SourceFile& file : tree.files()) {
    for (const Include& include : file.includes) included.insert(include.path);
  }
  for (const SourceFile& file : tree.files()) {
    const std::string name = std::filesystem::path(file.path).filename();
    const bool alive =
        file.is_header() ? included.count(file.path) > 0 : !find_word(tree.build(), name).empty();
    EXPECT_TRUE(alive) << file.path << " is in no target and no file";
  }
}

// The folders of the machine that the project was made on have no place in it; the one exception is
// the check that a newcomer's machine runs, which looks for optional material beside the clone.
TEST(Tidy, NoFileNamesAPlaceOutsideOfTheProject) {
  const std::filesystem::path root = TAGSCOUT_SOURCE_DIR;
  const std::string beside = std::string("../sha") + "red";
  const std::string homes[] = {std::string("/ho") + "me/", std::string("/ro") + "ot/", beside};
  std::vector<std::filesystem::path> files;
  for (auto at = std::filesystem::recursive_directory_iterator(root);
       at != std::filesystem::recursive_directory_iterator(); ++at) {
    const std::string name = at->path().lexically_relative(root);
    if (name == ".git" || name == ".cache" || name == "build" || name == "var") {
      at.disable_recursion_pending();
    } else if (at->is_regular_file() && name != ".ci/run") {
      files.push_back(at->path());
    }
  }
  ASSERT_GT(files.size(), 100u);
  for (const std::filesystem::path& path : files) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    for (const std::string& home : homes)
      EXPECT_EQ(text.str().find(home), std::string::npos) << path << " holds " << home;
  }
}

TEST(Tidy, HeadersAreShortAsARule) {
  const Tree tree;
  std::vector<size_t> lines;
  for (const SourceFile& file : tree.files()) {
    if (file.is_header()) lines.push_back(lines_of(file.text).size());
  }
  ASSERT_FALSE(lines.empty());
  std::sort(lines.begin(), lines.end());
  EXPECT_LE(lines[lines.size() / 2], 60u);
}

}  // namespace
}  // namespace tagscout::tidy
