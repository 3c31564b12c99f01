// Edits keep every byte that they do not mean.

#include "fix/config_edit.hpp"

#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"

using namespace pgleast;

namespace {

Cluster with_hba(const std::string& text) {
  Cluster cluster;
  cluster.hba = read_hba("pg_hba.conf", test::memory_files({{"pg_hba.conf", text}}),
                         cluster.version_num, cluster.files);
  REQUIRE(cluster.hba.loads());
  return cluster;
}

std::string edited(const std::string& text, const std::vector<Remedy>& remedies) {
  auto model = with_hba(text);
  HbaEdits edits;
  for (const auto& remedy : remedies) {
    std::visit(
        [&](const auto& r) {
          if constexpr (edits_a_record<std::decay_t<decltype(r)>>) edits.add(r);
        },
        remedy);
  }
  edits.apply(model);
  return model.files.front().text;
}

}  // namespace

TEST_CASE("a record is edited field by field", "[fix]") {
  struct Case {
    const char* before;
    std::vector<Remedy> remedies;
    const char* after;
  };
  const auto c = GENERATE(values<Case>({
      {"host all all 10.0.0.0/8 trust # why\n",
       {EditRecord{0, HbaField::method, "scram-sha-256"}},
       "host all all 10.0.0.0/8 scram-sha-256 # why\n"},
      {"host\tall\tall\t10.0.0.0 255.0.0.0\ttrust",
       {EditRecord{0, HbaField::address, "samenet"}, EditRecord{0, HbaField::type, "hostssl"}},
       "hostssl\tall\tall\tsamenet\ttrust"},
      {"# a\nlocal all all trust\n",
       {InsertRecord{0, "local all postgres peer"}, EditRecord{0, HbaField::method, "md5"}},
       "# a\nlocal all postgres peer\nlocal all all md5\n"},
      {"host all all 0.0.0.0/0 md5\nhost all all ::/0 md5\n",
       {EditRecord{0, HbaField::address, "10.1.0.0/16 10.2.0.0/16 fd00::/8"},
        EditRecord{1, HbaField::address, "10.1.0.0/16 10.2.0.0/16 fd00::/8"}},
       "host all all 10.1.0.0/16 md5\nhost all all 10.2.0.0/16 md5\nhost all all fd00::/8 md5\n"},
      {"host all \\\n  all all trust\r\nlocal all all peer\r\n",
       {DisableRecord{0}},
       "# host all \\\n#   all all trust\r\nlocal all all peer\r\n"},
      {"host all all ::/0 md5\nlocal all all peer\n",
       {EditRecord{0, HbaField::address, "10.1.0.0/16"}},
       "# host all all ::/0 md5\nlocal all all peer\n"},
  }));
  CHECK(edited(c.before, c.remedies) == c.after);
}

TEST_CASE("a mapping becomes a comment, and is read no more", "[fix]") {
  auto model = with_hba("local all all peer map=m\n");
  const std::string text = "# who\nm deploy app\nm  deploy  boss # why\n";
  model.ident = read_ident("pg_ident.conf", test::memory_files({{"pg_ident.conf", text}}),
                           model.version_num, model.files);
  HbaEdits edits;
  edits.add(DisableMapping{1});
  edits.add(DisableMapping{1});
  CHECK(edits.apply(model).size() == 1);
  CHECK(model.files.back().text == "# who\nm deploy app\n# m  deploy  boss # why\n");
  CHECK(model.ident.records.size() == 1);
  CHECK(model.files.front().text == "local all all peer map=m\n");
}
