#pragma once
// A DO block of PL/pgSQL, done step by step: conditions and loops over the catalogs, EXECUTE of
// texts that are put together, handlers of errors.
//
//   DO $$ BEGIN
//     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN
//       CREATE ROLE app LOGIN;
//     END IF;
//   END $$;

#include <functional>
#include <string>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// The session in which a block runs.
struct BlockHost {
  const SqlCatalog& catalog;
  /// Does one statement. Throws Refused and Undecidable.
  std::function<void(const std::string& statement)> run;
  /// An error that a handler takes.
  std::function<void(const Refused&)> caught;
  /// Whether a statement that was done may have failed.
  std::function<bool()> doubtful;
  /// Returns what takes back all that was done since.
  std::function<std::function<void()>()> save;
};

/// Of a DoStmt. Throws Refused and Undecidable; part of it may be done.
void run_do_block(const SqlNode& statement, const BlockHost& host);

}  // namespace pgleast
