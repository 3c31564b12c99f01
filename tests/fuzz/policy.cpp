// Any text is either refused as a policy with a message or read as YAML.

#include <cstddef>
#include <cstdint>
#include <string>

#include "text/diagnostic.hpp"
#include "text/yaml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    pgleast::read_yaml({"fuzz", std::string(reinterpret_cast<const char*>(data), size)});
  } catch (const pgleast::Error&) {
  }
  return 0;
}
