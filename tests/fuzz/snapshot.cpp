// Any text is either refused as a snapshot or makes a cluster that can be audited.

#include <cstddef>
#include <cstdint>
#include <string>

#include "audit/audit.hpp"
#include "input/snapshot/snapshot.hpp"
#include "policy/loader.hpp"
#include "text/diagnostic.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const pgleast::Auditor auditor(pgleast::load_policy({"baseline"}), "2026-01-01");
  try {
    const std::string text(reinterpret_cast<const char*>(data), size);
    auditor.audit(pgleast::read_snapshot({"fuzz", text}));
  } catch (const pgleast::Error&) {
  }
  return 0;
}
