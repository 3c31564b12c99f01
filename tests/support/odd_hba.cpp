// Odd files for pg_hba.conf and pg_ident.conf.

#include "support/odd_files.hpp"

namespace pgleast::test {
namespace {

class OddHba {
 public:
  OddHba(Dice& dice, int version_num, OddFiles& files)
      : dice_(dice), version_num_(version_num), text_(dice, version_num, files) {}

  std::string lines(std::size_t depth) {
    std::string result;
    if (dice_.chance(1)) result += "\xef\xbb\xbf";
    for (auto n = 1 + dice_.below(depth == 0 ? 9 : 3); n > 0; --n) result += line(depth);
    if (dice_.chance(10)) result.pop_back();
    if (dice_.chance(8)) text_.spoil(result);
    return result;
  }

 private:
  std::string line(std::size_t depth) {
    if (dice_.chance(3)) return dice_.of({"\n", "# all\n", "  \n", ",\n", "\"\n", "\"\"\n", "@\n"});
    if (dice_.chance(version_num_ < 160000 ? 1 : 6)) {
      return text_.include(depth, [&](std::size_t d) { return lines(d); }) + text_.line_end();
    }
    const auto type = dice_.of({"local", "local", "host", "host", "host", "hostssl", "hostssl",
                                "hostnossl", "hostgssenc", "hostnogssenc"});
    std::vector<std::string> fields{type, names(depth), names(depth)};
    if (type != "local") fields.push_back(address());
    const auto method = this->method();
    fields.push_back(method);
    for (auto n = dice_.below(5); n > 2; --n) fields.push_back(option(method));
    if (method == "ldap" || method == "radius" || method == "oauth") complete(method, fields);
    if (dice_.chance(3)) fields.erase(fields.begin() + at(fields));
    if (dice_.chance(3)) fields.insert(fields.begin() + at(fields), odd_type());
    return joined(fields);
  }

  std::ptrdiff_t at(const std::vector<std::string>& fields) {
    return static_cast<std::ptrdiff_t>(dice_.below(fields.size()));
  }

  std::string joined(const std::vector<std::string>& fields) {
    std::string result;
    for (const auto& field : fields) {
      if (!result.empty()) result += text_.blank();
      result += &field == &fields.front() ? text_.spelled(field) : field;
    }
    if (dice_.chance(4)) result += dice_.of({" # why", "#why", " #\"", "\t"});
    return result + text_.line_end();
  }

  std::string odd_type() {
    return dice_.of({"LOCAL", "Host", "hostssl ", "all", "\"host\"", "host,local", "include"});
  }

  std::string names(std::size_t depth) {
    std::vector<std::string> words;
    for (auto n = 1 + (dice_.chance(30) ? dice_.below(4) : 0); n > 0; --n) {
      const auto kind = dice_.below(100);
      words.push_back(kind < 4 && depth == 0 ? text_.list_file()
                      : kind < 12            ? quoted(text_.regex())
                                             : text_.name());
    }
    return text_.list(words);
  }

  std::string quoted(const std::string& text) { return dice_.chance(60) ? '"' + text + '"' : text; }

  std::string address() {
    if (dice_.chance(25)) return text_.spelled(dice_.of({"all", "samehost", "samenet"}));
    if (dice_.chance(12)) {
      return text_.spelled(dice_.of({"example.org", ".example.org", "localhost", "ALL", "a_b!",
                                     "10.0.0.256", "[::1]", "", "10.0.0", "1.2.3.4.5", "0x",
                                     "fe80::1%nope", "::g", "a:b", "10.0.0.1 "}));
    }
    const auto ip = dice_.of({"10.0.0.1",
                              "127.1",
                              "10",
                              "010.0.0.1",
                              "0x7f.1",
                              "4294967295",
                              "4294967296",
                              "::1",
                              "fe80::1",
                              "fe80::1%lo",
                              "fe80::1%1",
                              "::",
                              "::ffff:10.0.0.1",
                              "2001:db8::",
                              "255.255.255.255",
                              "0",
                              "1.2.3",
                              "10.0.0.1%lo",
                              "::1%",
                              "0377.0.0.1",
                              "08.0.0.1",
                              "1.65536"});
    if (dice_.chance(70)) {
      return text_.spelled(
          ip + "/" +
          dice_.of({"8", "24", "32", "0", "33", "128", "129", "+8", "-1", "", "08", "8/8", "8x",
                    "255.0.0.0", "0x8", "\" 8\"", "64", "99999999999999999999"}));
    }
    return ip + text_.blank() +
           text_.spelled(dice_.of({"255.255.255.0", "255.0.255.0", "0.0.0.0", "ffff::", "::", "md5",
                                   "255", "0xffffff00", "255.255.255.256", "8", "255.0.0.0/8",
                                   "fe80::1%lo", "mask", ""}));
  }

  std::string method() {
    if (dice_.chance(4)) return dice_.of({"MD5", "scram", "Trust", "crypt", "krb5", "", "md5,md5"});
    return text_.spelled(dice_.of({"trust", "reject", "md5", "scram-sha-256", "password", "ident",
                                   "peer", "cert", "gss", "ldap", "ldap", "ldap", "pam", "radius",
                                   "radius", "oauth", "sspi", "bsd"}));
  }

  std::string option(const std::string& method) {
    if (dice_.chance(6)) return dice_.of({"map", "=", "=x", "map=", "MAP=x", "map =x", "nope=1"});
    std::string name;
    if (dice_.chance(75)) {
      name = dice_.of({"map", "clientcert", "clientname", "include_realm", "krb_realm",
                       "pamservice", "pam_use_hostname", "compat_realm", "upn_username", "issuer",
                       "scope", "validator", "delegate_ident_mapping", "ldapport", "radiusports"});
      if (method == "cert" || method == "trust")
        name = dice_.of({"map", "clientcert", "clientname"});
    }
    if (method == "ldap" && dice_.chance(90)) return ldap_option();
    if (method == "radius" && dice_.chance(90)) return radius_option();
    if (name.empty()) name = "clientcert";
    const auto value =
        dice_.of({"x", "1", "0", "true", "yes", "verify-ca", "verify-full", "CN", "DN", "no-verify",
                  "", "a=b", "staff", "VERIFY-CA", "cn", "one", "verify-full", "verify-ca"});
    return option_text(name, value);
  }

  std::string option_text(const std::string& name, const std::string& value) {
    const bool plain = value.find_first_of(" ,#\"") == std::string::npos;
    if (plain && dice_.chance(75)) return name + '=' + value;
    return dice_.chance(50) ? '"' + name + '=' + value + '"' : name + "=\"" + value + '"';
  }

  std::string ldap_option() {
    const auto name = dice_.of({"ldapserver", "ldapport", "ldapscheme", "ldaptls", "ldapurl",
                                "ldapurl", "ldapprefix", "ldapsuffix", "ldapbasedn", "ldapbinddn",
                                "ldapbindpasswd", "ldapsearchattribute", "ldapsearchfilter"});
    if (name == "ldapurl") return option_text(name, ldap_url());
    if (name == "ldapport") {
      return option_text(name, dice_.of({"389", "389x", "0", "-1", "", "99999999999", " 7", "+7"}));
    }
    return option_text(name, dice_.of({"ldap", "ldaps", "LDAPS", "x", "1", "", "true", "dc=a,dc=b",
                                       "(uid=$username)", "ldapi", "10.0.0.1 h2"}));
  }

  std::string ldap_url() {
    std::string url = dice_.of({"ldap://", "ldaps://", "LDAP://", "ldapi://", "http://", "ldap:/",
                                "<ldap://", "URL:ldap://", "cldap://", ""});
    url += dice_.of({"h", "h:389", "h:", "h:x", "[::1]", "[::1]:636", "", "h:0", "a%20b", "h%zz",
                     "h:12x", "[::1", "h:99999999999"});
    if (dice_.chance(80)) url += "/" + dice_.of({"dc=x", "", "dc=%41", "dc=a,dc=b", "%", "%2"});
    if (dice_.chance(60)) url += "?" + dice_.of({"uid", "", "uid,cn", ",", "%75id", ",uid"});
    if (dice_.chance(50)) url += "?" + dice_.of({"sub", "one", "base", "", "SUB", "children", "x"});
    if (dice_.chance(40)) url += "?" + dice_.of({"(uid=a)", "", "x", "%28a%29", "%zz"});
    if (dice_.chance(15)) url += "?" + dice_.of({"", "ext", "!ext,b", ",", "a?b"});
    if (dice_.chance(5)) url += ">";
    return url;
  }

  std::string radius_option() {
    const auto name =
        dice_.of({"radiusservers", "radiussecrets", "radiusports", "radiusidentifiers"});
    // A name would be looked up.
    if (name == "radiusservers") {
      return option_text(name, dice_.of({"10.0.0.1", "127.0.0.1, 127.0.0.2", "", "x.invalid",
                                         "10.0.0.1,,10.0.0.2", "10.0.0.1,", "::1", " ", "12",
                                         "10.0.0.1,10.0.0.2,10.0.0.3", "\"\"10.0.0.1\"\""}));
    }
    return option_text(name, dice_.of({"10.0.0.1", "127.0.0.1, 127.0.0.2", "1812", "1812,1813", "",
                                       "a", "a,b", "a,,b", "a,", "''", "1 2", "0", "18x,19",
                                       "10.0.0.1,10.0.0.2,10.0.0.3", "x.invalid", ",a", " "}));
  }

  /// What the method cannot do without, most of the time.
  void complete(const std::string& method, std::vector<std::string>& fields) {
    if (dice_.chance(25)) return;
    if (method == "ldap")
      fields.push_back(dice_.of({"ldapbasedn=x", "ldapprefix=a", "ldapsuffix=b"}));
    if (method == "radius") {
      fields.push_back("radiusservers=\"127.0.0.1,127.0.0.2\"");
      fields.push_back("radiussecrets=" +
                       dice_.of({"a", "\"a,b\"", "\"a,b,c\"", "\"\"\"a b\"\"\""}));
    }
    if (method == "oauth") {
      fields.push_back("issuer=i");
      fields.push_back("scope=s");
      if (dice_.chance(60))
        fields.push_back("validator=" + dice_.of({"one", "two", "three", "\"\""}));
    }
  }

  Dice& dice_;
  int version_num_;
  OddAuthText text_;
};

class OddIdent {
 public:
  OddIdent(Dice& dice, int version_num, OddFiles& files)
      : dice_(dice), version_num_(version_num), text_(dice, version_num, files) {}

  std::string lines(std::size_t depth) {
    std::string result;
    for (auto n = 1 + dice_.below(depth == 0 ? 9 : 3); n > 0; --n) {
      result += (dice_.chance(version_num_ < 160000 ? 1 : 6)
                     ? text_.include(depth, [&](std::size_t d) { return lines(d); })
                     : line(depth)) +
                text_.line_end();
    }
    if (dice_.chance(10)) result.pop_back();
    if (dice_.chance(8)) text_.spoil(result);
    return result;
  }

 private:
  std::string line(std::size_t depth) {
    std::string result;
    const auto fields = dice_.chance(88) ? 3 : dice_.below(6);
    for (std::size_t i = 0; i < fields; ++i) {
      if (i > 0) result += text_.blank();
      result += field(i, depth);
    }
    return result;
  }

  std::string field(std::size_t i, std::size_t depth) {
    if (dice_.chance(4) && depth == 0) return text_.list_file();
    if (dice_.chance(4)) return text_.list({text_.name(), text_.name()});
    if (i > 0 && dice_.chance(i == 1 ? 50 : 25)) {
      const auto regex = text_.regex();
      return dice_.chance(50) ? '"' + regex + '"' : regex;
    }
    if (i == 2 && dice_.chance(25)) {
      return text_.spelled(dice_.of({"\\1", "a\\1b", "\\1\\1", "+staff", "+\\1", "all", "\\2"}));
    }
    return text_.spelled(text_.name());
  }

  Dice& dice_;
  int version_num_;
  OddAuthText text_;
};

template <typename Odd>
OddFiles odd_auth(std::uint64_t number, int version_num) {
  Dice dice(number);
  OddFiles files;
  files.main = Odd(dice, version_num, files).lines(0);
  return files;
}

}  // namespace

OddFiles odd_hba(std::uint64_t number, int version_num) {
  return odd_auth<OddHba>(number, version_num);
}

OddFiles odd_ident(std::uint64_t number, int version_num) {
  return odd_auth<OddIdent>(number, version_num);
}

}  // namespace pgleast::test
