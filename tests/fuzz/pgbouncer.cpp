// pgbouncer.ini with the files that it names, of any bytes: no crash, no secret kept, and every
// record is one that can be asked.

#include "input/pgbouncer/pgbouncer.hpp"

#include "files.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 2048) return 0;
  const fuzz::Files files(data, size);
  try {
    const auto pooler = read_pgbouncer("c", files.reader());
    for (const auto& record : pooler.records) {
      fuzz::check(record.line > 0 && !record.method.empty());
      fuzz::check(record.address.address.size() == record.address.mask.size());
      fuzz::check((record.type == ConnectionType::local) ==
                  (record.address.kind == AddressKind::none));
    }
  } catch (const Error&) {
  }
  return 0;
}
