// The house rules that a program can check. Each returns every breach in one file.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/source_file.h"

namespace tagscout::tidy {

using Findings = std::vector<Finding>;

// Who may include whom, by folder; quoted includes name a file from the root. `exists` tells
// whether the project has a file of that path.
Findings check_include_table(const SourceFile& file,
                             const std::function<bool(const std::string&)>& exists);

// Which files may name which library.
Findings check_fences(const SourceFile& file);

// Header, source, function and line length.
Findings check_sizes(const SourceFile& file);

// Temporaries that g++ 12 destroys twice, and parameters that dangle, where coroutines are.
Findings check_coroutines(const SourceFile& file);

// Words that have no place in the project, or only in some files.
Findings check_words(const SourceFile& file);

// `#pragma once` in headers, and a first line that says what the file is for.
Findings check_header_form(const SourceFile& file);

// Every check above.
Findings check_all(const SourceFile& file, const std::function<bool(const std::string&)>& exists);

// True if the path lies under the pattern: "storage/", or matches it: "storage/database*".
bool matches(std::string_view path, std::string_view pattern);

}  // namespace tagscout::tidy
