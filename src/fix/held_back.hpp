#pragma once
// What waits for the user's word, as fix.sql and notes.md show it:
//
//   -- row-security: RLS-001 public.orders
//   --   may stop: an application's rows (app sees all rows of public.orders, and then ...)
//   --   look at: try the application's statements as its role
//   -- ALTER TABLE "public"."orders" ENABLE ROW LEVEL SECURITY;

#include <string>

#include "fix/plan.hpp"

namespace pgleast {

/// Comments for psql; empty where nothing waits.
std::string held_back_comments(const Plan& plan);
/// A section of Markdown.
std::string held_back_notes(const Plan& plan);
/// "row-security 2, tls 1"; empty where nothing waits.
std::string held_back_counts(const Plan& plan);

}  // namespace pgleast
