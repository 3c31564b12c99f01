#pragma once
// A Dockerfile that is built on the image of PostgreSQL: its last stage.

#include <optional>
#include <string>
#include <vector>

#include "input/platforms/postgres_image.hpp"

namespace pgleast {

bool is_dockerfile(std::string_view file_name);
/// None: its last stage is built on something else. `context`: where COPY looks; `stage`: not the
/// last one.
std::optional<ContainerRun> read_dockerfile(const std::string& path, std::string text,
                                            const std::string& context,
                                            const std::string& stage = "");

}  // namespace pgleast
