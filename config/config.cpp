#include "config/config.h"

#include "config/check.h"
#include "config/document.h"
#include "config/files.h"
#include "config/options.h"
#include "config/overrides.h"
#include "config/reader.h"

namespace tagscout {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

// The document of the file; an empty one without a file. Throws ConfigError: what is no TOML says
// nothing about the rest of it.
Value read_document(const std::string& file) {
  Problems problems(file);
  try {
    if (file.empty()) return {.place = {}, .content = Table{}};
    return parse_document(read_text_file(file));
  } catch (const SyntaxError& error) {
    problems.add(error.place(), "", error.what());
  } catch (const std::runtime_error& error) {
    problems.add({}, "", error.what());
  }
  throw ConfigError(problems.lines());
}

// The tables of the list under `name`; reports what is no table.
std::vector<const Value*> tables_of(const Value& document, std::string_view name,
                                    Problems& problems) {
  std::vector<const Value*> tables;
  const Entry* entry = document.table()->find(name);
  if (entry == nullptr) return tables;
  const std::string advice = "must be a table: [[" + std::string(name) + "]]";
  if (entry->value.list() == nullptr) {
    problems.add(entry->value.place, name, advice);
    return tables;
  }
  for (const Value& value : *entry->value.list()) {
    if (value.table() != nullptr) {
      tables.push_back(&value);
    } else {
      problems.add(value.place, name, advice);
    }
  }
  return tables;
}

void read_singles(Draft& draft, Problems& problems) {
  const Value absent{.place = {}, .content = Table{}};
  for_each_single(draft.config, [&](std::string_view name, auto& section) {
    const Entry* entry = draft.document.table()->find(name);
    const bool usable = entry != nullptr && entry->value.table() != nullptr;
    if (entry != nullptr && !usable)
      problems.add(entry->value.place, name, "must be a table: [" + std::string(name) + "]");
    section = read_section<std::decay_t<decltype(section)>>(usable ? entry->value : absent, name,
                                                            problems);
  });
}

void read_lists(Draft& draft, Problems& problems) {
  draft.bands = tables_of(draft.document, "band", problems);
  for (const Value* table : draft.bands)
    draft.config.bands.push_back(read_section<Band>(*table, "band", problems));
  draft.niches = tables_of(draft.document, "niche", problems);
  for (const Value* table : draft.niches)
    draft.config.niches.push_back(read_section<NicheSection>(*table, "niche", problems));
  draft.sources = tables_of(draft.document, "source", problems);
  for (const Value* table : draft.sources) {
    SourceSection source = read_section<SourceSection>(*table, "source", problems);
    const Entry* gap = table->table()->find("gap");
    source.gap_set = gap != nullptr && !read_value(gap->value, "", source.gap);
    draft.config.sources.push_back(std::move(source));
  }
  if (draft.config.bands.empty()) draft.config.bands = default_ladder();
}

void read_exports(Draft& draft, Problems& problems) {
  const Entry* entry = draft.document.table()->find("export");
  if (entry == nullptr) return;
  if (entry->value.table() == nullptr)
    return problems.add(entry->value.place, "export", "must be a table: [export.NAME]");
  for (const Entry& job : entry->value.table()->entries) {
    const std::string name = "export." + job.key;
    if (job.value.table() == nullptr) {
      problems.add(job.place, name, "must be a table: [export.NAME]");
      continue;
    }
    if (!is_name(job.key)) problems.add(job.place, name, "is not a name");
    ExportSection section = read_section<ExportSection>(job.value, name, problems);
    section.name = job.key;
    draft.config.exports.push_back(std::move(section));
    draft.exports.push_back(&job.value);
  }
}

void report_unknown_sections(const Value& document, Problems& problems) {
  const std::vector<std::string_view> known = section_names();
  for (const Entry& entry : document.table()->entries) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      problems.add(entry.place, entry.key, "unknown key" + suggestion(entry.key, known));
  }
}

}  // namespace

ConfigError::ConfigError(std::vector<std::string> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

Config load_config(const ConfigRequest& request) {
  Problems problems(request.file);
  Draft draft;
  draft.document = read_document(request.file);
  apply_overrides(draft.document, request.overrides, problems);
  report_unknown_sections(draft.document, problems);
  read_singles(draft, problems);
  read_lists(draft, problems);
  read_exports(draft, problems);
  check_sections(draft, request, problems);
  check_sources(draft, request, problems);
  if (!problems.empty()) throw ConfigError(problems.lines());
  return std::move(draft.config);
}

}  // namespace tagscout
