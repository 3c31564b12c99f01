#pragma once
// What single records let in, in words: shared by the checks on pg_hba.conf.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checks/facts.hpp"
#include "text/yaml.hpp"

namespace pgleast {

enum class Origin { any, local, loopback, network };

/// `any`, `local`, `loopback` or `network`: everything but local sockets and loopback.
Origin read_origin(MapReader& with);

/// The part of `part` that comes from there; none when nothing does.
std::optional<DecidedPart> part_from(const DecidedPart& part, Origin origin);

/// A record with the parts of it that a check objects to.
struct Exposure {
  std::size_t record = 0;
  std::vector<DecidedPart> parts;
};

/// The records that let somebody in (their method is not reject) by a part that `objects`,
/// in file order, each with these parts cut to `origin`.
std::vector<Exposure> exposures(
    const Facts& facts, Origin origin,
    const std::function<bool(const HbaRecord&, const DecidedPart&)>& objects);

/// Whether the role gets a session by some connection of the part; what is not known of its
/// password is taken as good enough.
bool can_log_in(const Facts& facts, const DecidedPart& part, RoleId role);

/// A finding with place, "lets in: ..." and "for example: ..."; message and fix are the check's.
Finding record_finding(const Facts& facts, const Exposure& exposure, Span place,
                       std::string message);

}  // namespace pgleast
