#include "model/acl.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "pg/array_text.hpp"
#include "text/diagnostic.hpp"

namespace pgleast {
namespace {

constexpr auto privilege_of_letter = [] {
  std::array<PrivilegeSet, 128> result{};
  for (const auto& p : privileges) result[static_cast<unsigned char>(p.letter)] = p.privilege;
  return result;
}();

// The items of `{...}` one after the other, in one pass over the text.
class AclReader {
 public:
  AclReader(std::string_view text, const std::function<RoleId(const std::string&)>& role_named)
      : text_(text), role_named_(role_named) {}

  Acl read() {
    if (text_.size() < 2 || text_.front() != '{' || text_.back() != '}') {
      fail_at({0, text_.size()}, "an access list stands in braces");
    }
    Acl acl;
    acl.reserve(static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '=')));
    for (std::size_t at = 1; text_[at] != '}';) {
      begin_ = at;
      acl.push_back(item(element(at)));
      if (at >= text_.size()) fail_at({begin_, text_.size()}, "an access list item has no end");
      if (text_[at] == ',') ++at;
    }
    return acl;
  }

 private:
  [[noreturn]] void fail_at(Span span, const std::string& message) const {
    fail(Source("access list", std::string(text_)), span, message);
  }
  [[noreturn]] void fail_here(const std::string& message) const {
    fail_at({begin_, begin_ + 1}, message);
  }

  // Without the array's quoting, which hardly any has.
  std::string_view element(std::size_t& at) {
    const auto begin = at;
    for (; at < text_.size() && text_[at] != '"' && text_[at] != '\\'; ++at) {
      if (text_[at] == ',' || text_[at] == '}') return text_.substr(begin, at - begin);
    }
    at = begin;
    unquoted_ = array_element(text_, at);
    return unquoted_;
  }

  AclItem item(std::string_view text) {
    item_ = text;
    at_ = 0;
    AclItem result;
    if (take_name(); !name_.empty()) result.grantee = role_named_(name_);
    expect('=');
    while (at_ < item_.size() && item_[at_] != '/') take_privilege(result);
    expect('/');
    take_name();
    result.grantor = grantor();
    if (at_ != item_.size()) fail_here("unexpected text after the grantor");
    return result;
  }

  // Mostly the one of the item before.
  RoleId grantor() {
    if (!grantor_ || name_ != grantor_name_) {
      grantor_ = role_named_(name_);
      grantor_name_ = name_;
    }
    return *grantor_;
  }

  void expect(char wanted) {
    if (at_ >= item_.size() || item_[at_] != wanted) {
      fail_here(std::string("expected `") + wanted + "` in an access list item");
    }
    ++at_;
  }

  void take_privilege(AclItem& result) {
    const auto letter = static_cast<unsigned char>(item_[at_]);
    const auto known =
        letter < privilege_of_letter.size() ? privilege_of_letter[letter] : PrivilegeSet();
    if (known.empty()) fail_here("unknown privilege letter in an access list item");
    ++at_;
    result.privileges |= known;
    if (at_ < item_.size() && item_[at_] == '*') {
      result.grantable |= known;
      ++at_;
    }
  }

  void take_name() {
    const auto begin = at_;
    for (; at_ < item_.size() && item_[at_] != '"'; ++at_) {
      if (item_[at_] == '=' || item_[at_] == '/') break;
    }
    name_ = item_.substr(begin, at_ - begin);
    if (at_ < item_.size() && item_[at_] == '"') take_quoted_name();
  }

  // What is left of a name, from its first quote.
  void take_quoted_name() {
    bool quoted = false;
    for (; at_ < item_.size(); ++at_) {
      const char c = item_[at_];
      if (c == '"') {
        const bool doubled = quoted && at_ + 1 < item_.size() && item_[at_ + 1] == '"';
        if (!doubled) {
          quoted = !quoted;
          continue;
        }
        ++at_;
      } else if (!quoted && (c == '=' || c == '/')) {
        break;
      }
      name_ += c;
    }
    if (quoted) fail_here("a quoted name has no closing quote");
  }

  std::string_view text_;
  const std::function<RoleId(const std::string&)>& role_named_;
  std::size_t begin_ = 0;  // of the item
  std::string unquoted_;   // the item, if the array quotes it
  std::string_view item_;
  std::size_t at_ = 0;  // in the item
  std::string name_, grantor_name_;
  std::optional<RoleId> grantor_;
};

std::string role_in_item(const std::string& name) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  if (std::all_of(name.begin(), name.end(), plain)) return name;
  std::string result = "\"";
  for (const char c : name) result.append(c == '"' ? 2 : 1, c);
  return result + '"';
}

}  // namespace

Acl parse_acl(std::string_view text, const std::function<RoleId(const std::string&)>& role_named) {
  return AclReader(text, role_named).read();
}

std::string to_string(const Acl& acl, const std::function<std::string(RoleId)>& role_name) {
  std::string result = "{";
  for (const auto& item : acl) {
    if (result.size() > 1) result += ',';
    std::string element = item.grantee == public_role ? "" : role_in_item(role_name(item.grantee));
    element += '=';
    item.privileges.each([&](Privilege p) {
      element += info(p).letter;
      if (item.grantable.has(p)) element += '*';
    });
    result += in_array(element + '/' + role_in_item(role_name(item.grantor)));
  }
  return result + '}';
}

Acl default_acl(ObjectKind kind, RoleId owner, int major) {
  const auto& k = info(kind);
  Acl acl;
  if (!k.public_default.empty()) acl.push_back({public_role, owner, k.public_default, {}});
  if (k.owner_default) acl.push_back({owner, owner, grantable_privileges(kind, major), {}});
  return acl;
}

PrivilegeSet granted_to(const Acl& acl, RoleId grantee) {
  PrivilegeSet result;
  for (const auto& item : acl) {
    if (item.grantee == grantee) result |= item.privileges;
  }
  return result;
}

}  // namespace pgleast
