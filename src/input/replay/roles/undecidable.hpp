#pragma once
// A statement whose outcome hangs on what is not known: a function's doing, a database that was not
// read. What it may change becomes unseen.

#include <string>

namespace pgleast {

struct Undecidable {
  std::string why;
};

}  // namespace pgleast
