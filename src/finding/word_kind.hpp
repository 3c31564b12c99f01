#pragma once
// Kinds of change that may stop what works, and so wait for the user's word: `fix --accept KIND`,
// or `accept:` in the policy.

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

struct WordKind {
  std::string_view name;
  std::string_view stops;  // what may stop
  std::string_view check;  // what to look at first
};

/// Sorted by name.
inline constexpr std::array<WordKind, 11> word_kinds{{
    {"addresses", "clients that come from other addresses",
     "where clients come from (log_connections, pg_stat_activity.client_addr)"},
    {"attribute", "what a role does by the attribute",
     "what the role is for; grant it what it needs instead"},
    {"login", "logins by that record or of that role",
     "who logs in by it (log_connections names the record from 14 on)"},
    {"membership", "what the member has from the group", "what the member uses of it"},
    {"method", "logins whose stored password does not fit",
     "set new passwords first, and see that clients know SCRAM"},
    {"owner", "what the old owner does as the owner", "who alters and drops it"},
    {"privilege", "what others do by the same grant, or code that needs it",
     "grant it to those that use it"},
    {"row-security", "an application's rows", "try the application's statements as its role"},
    {"search-path", "a function that looks up names", "call the function as its callers do"},
    {"setting", "what goes by the setting's value", "what clients and applications count on"},
    {"tls", "the server without a certificate, and clients without TLS",
     "a certificate and its key are in place, and every client connects with TLS"},
}};

/// "all": every one; empty: there is none of that name.
std::vector<std::string> word_kinds_named(std::string_view name);
/// "there is no kind `tsl`; did you mean `tls`?"
std::string no_word_kind(std::string_view name);
/// The row of that name, which must be one.
const WordKind& word_kind(std::string_view name);

}  // namespace pgleast
