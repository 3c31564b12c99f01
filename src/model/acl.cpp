#include "model/acl.hpp"

#include <algorithm>
#include <cctype>

#include "pg/array_text.hpp"
#include "text/diagnostic.hpp"

namespace pgleast {
namespace {

// One access list item with the quoting of the array around it already taken off.
class ItemReader {
 public:
  ItemReader(const Source& source, const std::string& item, std::size_t begin)
      : source_(source), text_(item), begin_(begin) {}

  AclItem read(const std::function<RoleId(const std::string&)>& role_named) {
    AclItem item;
    if (const auto grantee = name(); !grantee.empty()) item.grantee = role_named(grantee);
    expect('=');
    while (at_ < text_.size() && text_[at_] != '/') take_privilege(item);
    expect('/');
    item.grantor = role_named(name());
    if (at_ != text_.size()) fail_here("unexpected text after the grantor");
    return item;
  }

 private:
  [[noreturn]] void fail_here(const std::string& message) const {
    fail(source_, {begin_, begin_ + 1}, message);
  }

  void expect(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) {
      fail_here(std::string("expected `") + wanted + "` in an access list item");
    }
    ++at_;
  }

  void take_privilege(AclItem& item) {
    const auto* const known =
        std::find_if(privileges.begin(), privileges.end(),
                     [&](const PrivilegeInfo& p) { return p.letter == text_[at_]; });
    if (known == privileges.end()) fail_here("unknown privilege letter in an access list item");
    ++at_;
    item.privileges |= known->privilege;
    if (at_ < text_.size() && text_[at_] == '*') {
      item.grantable |= known->privilege;
      ++at_;
    }
  }

  std::string name() {
    std::string result;
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        const bool doubled = quoted && at_ + 1 < text_.size() && text_[at_ + 1] == '"';
        if (!doubled) {
          quoted = !quoted;
          continue;
        }
        ++at_;
      } else if (!quoted && (c == '=' || c == '/')) {
        break;
      }
      result += c;
    }
    if (quoted) fail_here("a quoted name has no closing quote");
    return result;
  }

  const Source& source_;
  const std::string& text_;
  std::size_t begin_;
  std::size_t at_ = 0;
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
  const Source source("access list", std::string(text));
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') {
    fail(source, {0, text.size()}, "an access list stands in braces");
  }
  Acl acl;
  for (std::size_t at = 1; text[at] != '}';) {
    const auto begin = at;
    const auto element = array_element(text, at);
    acl.push_back(ItemReader(source, element, begin).read(role_named));
    if (at >= text.size()) fail(source, {begin, text.size()}, "an access list item has no end");
    if (text[at] == ',') ++at;
  }
  return acl;
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
