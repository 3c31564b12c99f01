// HCL of any bytes: no crash, and every node stands inside its text.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "files.hpp"
#include "input/platforms/terraform/hcl.hpp"

using namespace pgleast;

namespace {

void check_places(const YamlNode& node, std::size_t size) {
  fuzz::check(node.span.begin <= node.span.end && node.span.end <= size);
  for (const auto& item : node.items) check_places(item, size);
  for (const auto& entry : node.entries) {
    check_places(entry.first, size);
    check_places(entry.second, size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  check_places(read_hcl(Source("a.tf", std::string(data, data + size))), size);
  return 0;
}
