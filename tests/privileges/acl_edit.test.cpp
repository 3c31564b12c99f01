// GRANT, REVOKE and new owners on one list. The lists after are what 12.22, 15.18 and 18.4 had
// then.

#include "privileges/acl_edit.hpp"

#include "pg/refused.hpp"
#include "support/small_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

Cluster owner_and_others() {
  auto cluster = small_cluster(15, {"owner", "grp", "m", "n", "other"});
  add_membership(cluster, "grp", "m");
  return cluster;
}

Acl list_of(Cluster& cluster, const std::string& text) {
  return cluster.acls[index(AclPool(cluster).intern_text(text))];
}

}  // namespace

TEST_CASE("REVOKE takes what hung on it, and asks for CASCADE", "[privileges][acl]") {
  struct Case {
    const char* before;
    const char* grantee;
    const char* grantor;
    const char* after;
    bool cascades;
  };
  const auto c =
      GENERATE(Case{"{owner=r/owner,m=r*/owner,n=r/m}", "m", "owner", "{owner=r/owner}", true},
               // Options that the role inherits are left to it.
               Case{"{m=r*/owner,grp=r*/owner,n=r/m}", "m", "owner", "{grp=r*/owner,n=r/m}", false},
               // Only what the grantee itself granted is looked at, not what its members did.
               Case{"{grp=r*/owner,n=r/m}", "grp", "owner", "{n=r/m}", false},
               Case{"{m=r*/owner,n=r*/m,other=r/n}", "m", "owner", "{}", true},
               Case{"{m=r*w/owner,n=r/m}", "n", "m", "{m=r*w/owner}", false},
               Case{"{m=r*w*/owner,n=rw/m}", "m", "owner", "{m=w*/owner,n=w/m}", true},
               // Of another grantor, or not granted at all.
               Case{"{m=r/owner,m=r/other}", "m", "other", "{m=r/owner}", false},
               Case{"{m=r/owner}", "n", "owner", "{m=r/owner}", false},
               // What the owner lost itself it can still grant.
               Case{"{owner=r/owner,n=r/owner}", "owner", "owner", "{n=r/owner}", false});
  auto cluster = owner_and_others();
  const auto before = list_of(cluster, c.before);
  const auto has = has_privileges_in(cluster, no_object);
  const auto owner = role_named(cluster, "owner");
  const AclItem gone{role_named(cluster, c.grantee), role_named(cluster, c.grantor),
                     Privilege::select, Privilege::select};
  INFO(c.before << " from " << c.grantee);
  const auto after = revoked(before, gone, owner, has);
  CHECK(shown(cluster, after.left) == c.after);
  CHECK(after.cascades == c.cascades);

  AclChange change;
  change.grants = false;
  change.privileges = Privilege::select;
  change.grantees = {gone.grantee};
  change.grantor = gone.grantor;
  change.owner = owner;
  if (c.cascades) {
    CHECK_THROWS_AS(changed_acl(before, change, has), Refused);
    change.cascade = true;
  }
  CHECK(shown(cluster, changed_acl(before, change, has)) == c.after);
}

TEST_CASE("what a list says of the old owner it says of the new one", "[privileges][acl]") {
  struct Case {
    const char* before;
    const char* from;
    const char* to;
    const char* after;
  };
  const auto c = GENERATE(
      Case{"{owner=arwdDxt/owner,m=r*/owner,other=a/owner,=r/owner,other=r/m}", "owner", "m",
           "{m=ar*wdDxt/m,other=ar/m,=r/m}"},
      Case{"{m=ar*wdDxt/m,other=ar/m,=r/m}", "m", "other", "{other=ar*wdDxt/other,=r/other}"},
      Case{"{m=r*/owner,n=r/m}", "owner", "m", "{m=r*/m,n=r/m}"},
      Case{"{n=w/owner}", "owner", "m", "{n=w/m}"},
      Case{"{m=r*/m,n=r/m}", "m", "other", "{other=r*/other,n=r/other}"});
  auto cluster = owner_and_others();
  const auto before = list_of(cluster, c.before);
  CHECK(shown(cluster, acl_of_new_owner(before, role_named(cluster, c.from),
                                        role_named(cluster, c.to))) == c.after);
}
