#include "connections/credential.hpp"

#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"

using namespace pgleast;

namespace {

Cluster cluster_with(const std::string& record, const std::string& mappings) {
  auto cluster = unknown_cluster(160000);
  std::vector<ConfigFile> read;
  cluster.hba = read_hba("h", test::memory_files({{"h", record + '\n'}}), 160000, read, {});
  REQUIRE(cluster.hba.loads());
  cluster.ident = read_ident("i", test::memory_files({{"i", mappings + '\n'}}), 160000, read);
  cluster.unseen.erase(Fact::ident);
  cluster.unseen.erase(Fact::roles);
  return cluster;
}

}  // namespace

TEST_CASE("what a record asks of a role, and whether anybody can give it", "[path][credential]") {
  using Kind = PasswordKind;
  struct Case {
    const char* record;
    Kind password;
    const char* until;
    const char* mappings;
    const char* words;  // empty: nobody can meet it
    const char* why;
  };
  const auto c = GENERATE(values<Case>({
      {"local all all trust", Kind::none, "", "", "no credential", ""},
      {"local all all trust", Kind::none, "2001-01-01 00:00:00+00", "", "no credential", ""},
      {"local all all reject", Kind::none, "", "", "", "reject"},
      {"local all all md5", Kind::md5, "", "", "a password", ""},
      {"local all all md5", Kind::scram_sha_256, "", "", "a password", ""},
      {"local all all scram-sha-256", Kind::scram_sha_256, "infinity", "", "a password", ""},
      {"local all all scram-sha-256", Kind::md5, "", "", "",
       "an md5 password is stored, which SCRAM does not take"},
      {"local all all password", Kind::none, "", "", "", "no password is stored"},
      {"local all all password", Kind::unusable, "", "", "", "what is stored is no password"},
      {"local all all password", Kind::unseen, "", "", "a password",
       "whether a password is stored was not read"},
      {"local all all password", Kind::md5, "2026-06-14 23:59:59+00", "", "",
       "its password is no longer valid: VALID UNTIL 2026-06-14 23:59:59+00"},
      {"local all all password", Kind::md5, "2026-06-16", "", "a password", ""},
      {"local all all password", Kind::md5, "-infinity", "", "",
       "its password is no longer valid: VALID UNTIL -infinity"},
      {"local all all password", Kind::md5, "16 June", "", "a password",
       "when 16 June is, is not known here"},
      {"local all all ldap ldapserver=l ldapprefix=x", Kind::none, "2001-01-01", "",
       "what ldap accepts", ""},
      {"local all all peer", Kind::none, "2001-01-01", "", "the account of the same name", ""},
      {"local all all peer map=m", Kind::none, "", "m root anna\nm eve \"anna\"\nx bob anna",
       "the account eve and root (map m)", ""},
      {"local all all peer map=m", Kind::none, "", "m root ben", "", "map m lets nobody become it"},
      {"local all all peer map=m", Kind::none, "", "m root all", "the account root (map m)", ""},
      {"local all all peer map=m", Kind::none, "", "m /^.*$ anna", "any account (map m)", ""},
      {"local all all peer map=m", Kind::none, "", "m root ben\nm / all", "any account (map m)",
       ""},
      {"local all all peer map=m", Kind::none, "", "m /^(.*)$ \\1", "the account anna (map m)", ""},
      {"local all all peer map=m", Kind::none, "", "m /^.*$ ben", "",
       "map m lets nobody become it"},
      {"hostssl all all all cert map=m", Kind::none, "", "m /(.+) anna", "any certificate (map m)",
       ""},
      {"host all all all ident map=m", Kind::none, "", "m /^ anna",
       "the word of the client's machine: any account (map m)", ""},
      {"hostssl all all all cert", Kind::none, "", "", "a certificate of the same name", ""},
      {"hostssl all all all trust clientcert=verify-ca", Kind::none, "", "", "a certificate", ""},
      {"hostssl all all all md5 clientcert=verify-full", Kind::md5, "", "",
       "a password and a certificate", ""},
      {"hostgssenc all all all trust", Kind::none, "", "", "a Kerberos ticket", ""},
      {"host all all all ident", Kind::none, "", "",
       "the word of the client's machine: its account of the same name", ""},
  }));
  CAPTURE(c.record, c.until, c.mappings);
  const auto cluster = cluster_with(c.record, c.mappings);
  Role role;
  role.name = "anna";
  role.password = c.password;
  role.valid_until = c.until;
  const auto demand =
      challenge_of(Graph(cluster), cluster.hba.records.front(), &role, "2026-06-15");
  CHECK(demand.can_be_met == (*c.words != '\0'));
  CHECK(demand.credential == c.words);
  CHECK(demand.why == c.why);
}
