// What kind of password CREATE ROLE and ALTER ROLE store (crypt.c, get_password_type).
#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "input/replay/roles/role_editor.hpp"
#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

bool is_base64(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '=';
  });
}

bool is_md5_hash(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  return text.size() == 35 && text.starts_with("md5") &&
         text.find_first_not_of(digits, 3) == std::string_view::npos;
}

// SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>
bool is_scram_secret(std::string_view text) {
  constexpr std::string_view scheme = "SCRAM-SHA-256$";
  if (!text.starts_with(scheme)) return false;
  text.remove_prefix(scheme.size());
  const auto salt = text.find(':');
  const auto stored = text.find('$');
  if (stored == std::string_view::npos || salt > stored) return false;
  const auto server = text.find(':', stored);
  const auto iterations = text.substr(0, salt);
  return server == stored + 45 && text.size() == server + 45 && !iterations.empty() &&
         iterations.find_first_not_of("0123456789") == std::string_view::npos &&
         is_base64(text.substr(salt + 1, stored - salt - 1)) &&
         is_base64(text.substr(stored + 1, 44)) && is_base64(text.substr(server + 1));
}

}  // namespace

PasswordKind RoleEditor::kind_of(const NewPassword& password) const {
  if (!password.is_known) return PasswordKind::unseen;
  if (password.is_null || password.text.empty()) return PasswordKind::none;
  if (is_md5_hash(password.text)) return PasswordKind::md5;
  if (is_scram_secret(password.text)) return PasswordKind::scram_sha_256;
  std::string method;
  const auto* const setting = cluster_.find_setting("password_encryption");
  if (encryption_) {
    method = *encryption_;
  } else if (setting != nullptr) {
    method = setting->value;
  } else if (const auto* info = find_setting_info("password_encryption", cluster_.major())) {
    method = info->boot_value;
  }
  return setting_key(method) == "scram-sha-256" ? PasswordKind::scram_sha_256 : PasswordKind::md5;
}

}  // namespace pgleast
