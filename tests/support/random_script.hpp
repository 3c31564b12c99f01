#pragma once
// Scripts that make, change, give away and drop objects at random, as psql runs them. The same
// number gives the same script. Many statements are refused, as in life.

#include <cstdint>
#include <string>

namespace pgleast::test {

/// One statement on each line; begins in `postgres` and makes the database `w`.
std::string random_script(std::uint64_t number, int major);

}  // namespace pgleast::test
