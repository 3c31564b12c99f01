#pragma once
// Clusters as people run them, made at random: applications that log in by each method, owners,
// groups, people, backup, replication and monitoring; schemas with rows behind policies, views,
// functions whose names hang on a path; records and settings that are not what they should be. And
// what everybody there does, so that one can see who is shut out by a change.
//
//   people_world({.number = 7, .major = 16}).deeds[0]
//     ->  {"SELECT * FROM shop.orders", {"table shop.orders", "function util.tenant()"}}
//
// Clients come over the socket, from loopback, from 10.20.0.9 (where applications are), from
// 10.30.0.7 (where people are) and from 10.40.0.5 (where nobody should be).

#include <cstdint>
#include <string>
#include <vector>

namespace pgleast::test {

struct PeopleQuestion {
  std::uint64_t number = 0;
  int major = 0;
  std::string superuser;                          // the bootstrap one
  std::string system_administrator, system_user;  // whom `peer` sees
  bool own_network = true;  // nobody else is in it, so that the server may listen everywhere
};

/// A role that logs in.
struct Person {
  std::string role;
  std::string password;          // empty: none is stored
  bool says_tenant = false;      // SET app.tenant before all else
  bool has_certificate = false;  // of its name
};

struct Deed {
  std::string statement;
  std::vector<std::string> on;  // what it needs: kind and identity
};

struct PeopleWorld {
  std::string everywhere;  // SQL of the bootstrap superuser in `postgres`; it makes `shop`
  std::string in_shop;     // and in `shop`
  std::string hba, ident;
  std::string conf;         // to be added
  bool tls = false;         // there is a certificate
  std::string system_user;  // as whom people come over the socket
  std::vector<Person> people;
  std::vector<std::string> groups;
  std::vector<Deed> deeds;
  std::string policy_kind;  // baseline, escalation, shop
  std::string policy;
};

PeopleWorld people_world(const PeopleQuestion& question);

}  // namespace pgleast::test
