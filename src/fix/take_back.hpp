#pragma once
// What enacting a remedy changes in the model, kept to be put back.

#include <functional>

#include "fix/statement.hpp"

namespace pgleast {

/// To be called before the remedy is enacted; what it returns puts everything back, as long as
/// nothing was added to the vectors but access lists.
std::function<void()> kept_before(Cluster& model, const ChangePrivileges& remedy);
std::function<void()> kept_before(Cluster& model, const ChangeMembership& remedy);
std::function<void()> kept_before(Cluster& model, const ChangeAttribute& remedy);
std::function<void()> kept_before(Cluster& model, const ChangeConnectionLimit& remedy);
std::function<void()> kept_before(Cluster& model, const ChangeOwner& remedy);
std::function<void()> kept_before(Cluster& model, const PinSearchPath& remedy);
std::function<void()> kept_before(Cluster& model, const EnableRowSecurity& remedy);
std::function<void()> kept_before(Cluster& model, const ChangeDefaultPrivileges& remedy);
std::function<void()> kept_before(Cluster& model, const ResetStored& remedy);
std::function<void()> kept_before(Cluster& model, const ChangeSetting& remedy);

/// What the remedy does to the model, alone.
Statements applied(Cluster& model, const Remedy& remedy);
/// The same, and the model is as it was afterwards.
Statements tried(Cluster& model, const Remedy& remedy);

}  // namespace pgleast
