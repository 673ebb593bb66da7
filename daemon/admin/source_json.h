// A source and its servers as JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/admin/control.h"
#include "daemon/json_writer.h"

namespace tagscout {

// The fields that every list of sources has, into an open object.
void write_source(JsonWriter& json, const SourceStatus& source);

// How each server's budgets stand, as an array.
void write_hosts(JsonWriter& json, const std::vector<HostReport>& hosts);

// One object.
void write_test(JsonWriter& json, const std::string& source, const SourceTest& test);

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& values);

}  // namespace tagscout
