#include "connections/truth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "text/display.hpp"

namespace pgleast {
namespace {

bool is_network(std::string_view origin) { return origin == "samenet" || origin == "samehost"; }

// A mask with too many holes: no name has a slash.
bool is_mask(std::string_view origin) { return origin.find('/') != std::string_view::npos; }

bool is_host(std::string_view origin) { return !is_network(origin) && !is_mask(origin); }

bool implies(std::string_view fact, std::string_view origin) {
  if (fact == origin) return true;
  if (fact == "samehost") return origin == "samenet";
  return is_host(fact) && is_host(origin) && origin.starts_with('.') && fact.ends_with(origin);
}

bool exclude(std::string_view a, std::string_view b) {
  return is_host(a) && is_host(b) && !implies(a, b) && !implies(b, a);
}

std::vector<std::string> united(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  a.erase(std::unique(a.begin(), a.end()), a.end());
  return a;
}

std::string role_fact(const std::string& token) {
  if (token.starts_with('+')) {
    return fmt::format("the role is a member of {}", displayed(token.substr(1)));
  }
  return fmt::format("`{}` takes the role", displayed(token));
}

std::string database_fact(const std::string& token) {
  if (token == "sameuser") return "the database has the role's name";
  if (token == "samerole") return "the role is a member of one with the database's name";
  return fmt::format("`{}` takes the database", displayed(token));
}

std::string origin_fact(const std::string& token) {
  if (token == "samenet") return "the address lies in a network of the server";
  if (token == "samehost") return "the address is one of the server's";
  if (is_mask(token)) return fmt::format("the address is one of {}", displayed(token));
  return fmt::format("the name of the address {} {}", token.starts_with('.') ? "ends in" : "is",
                     displayed(token));
}

}  // namespace

std::optional<Truth> both(const Truth& a, const Truth& b) {
  for (const auto& left : a.origins) {
    for (const auto& right : b.origins) {
      if (exclude(left, right)) return std::nullopt;
    }
  }
  return Truth{united(a.roles, b.roles), united(a.databases, b.databases),
               united(a.origins, b.origins)};
}

bool says_origin(const Truth& truth, const std::string& origin) {
  return std::any_of(truth.origins.begin(), truth.origins.end(),
                     [&](const std::string& fact) { return implies(fact, origin); });
}

std::vector<std::string> facts_of(const Truth& truth) {
  std::vector<std::string> result;
  for (const auto& token : truth.roles) result.push_back(role_fact(token));
  for (const auto& token : truth.databases) result.push_back(database_fact(token));
  for (const auto& token : truth.origins) result.push_back(origin_fact(token));
  return result;
}

}  // namespace pgleast
