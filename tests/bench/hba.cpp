// The dump and the check of large files, against the view that the server makes of them.

#include <fmt/format.h>

#include "bench/measure.hpp"
#include "support/server.hpp"

namespace pgleast::bench {
namespace {

// Records as large installations have them: a role and a network each, some wide ones between.
std::string many_records(int count) {
  std::string text = "local all all trust\n";
  for (int i = 0; i < count; ++i) {
    const int a = i * 7919 % 250, b = i / 250 % 250;
    if (i % 100 == 99) {
      text += fmt::format("host all +team{} 10.{}.{}.0/24 scram-sha-256\n", i % 400, a, b);
    } else if (i % 10 == 9) {
      text +=
          fmt::format("hostnossl db{} all 10.{}.{}.{}/32 scram-sha-256\n", i % 50, a, b, i % 256);
    } else {
      text += fmt::format("host db{} \"user {}\",u{} 10.{}.{}.0/24 scram-sha-256 # {}\n", i % 50, i,
                          i, a, b, i);
    }
  }
  return text + "host all all all reject\n";
}

}  // namespace

void bench_hba() {
  const test::LiveServer server;
  const auto path = server.folder() + "/big_hba.conf";
  const auto time_of = [&](const std::string& what) {
    return measured(fmt::format("{} hba {} --server-version {} --hba {}", binary(), what,
                                server.major(), path));
  };
  // The view reads the file itself: the server need not load it.
  server.write(path, "local all all trust\n");
  server.sql("postgres", "ALTER SYSTEM SET hba_file = '" + path + "';");
  server.restart();
  Measured dump, lint;
  for (const int records : {100000, 200000}) {
    server.write(path, many_records(records));
    const auto theirs = measured("psql -X -q -d \"" + server.dsn("postgres") +
                                 "\" -c 'SELECT * FROM pg_hba_file_rules'");
    const auto dump_before = dump, lint_before = lint;
    dump = time_of("dump --format csv");
    lint = time_of("lint");
    const auto row = [&](const char* what, const Measured& ours, const Measured& before) {
      print(fmt::format("hba {}, {} records, {:.0f} MB", what, records, ours.megabytes),
            ours.seconds, theirs.seconds, "SELECT * FROM pg_hba_file_rules");
      if (before.seconds > 0) {
        print(fmt::format("hba {}, twice the records", what), ours.seconds, before.seconds,
              "half of them");
      }
    };
    row("dump", dump, dump_before);
    row("lint", lint, lint_before);
  }
}

}  // namespace pgleast::bench
