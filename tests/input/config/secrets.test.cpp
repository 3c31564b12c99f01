#include "input/config/secrets.hpp"

#include "input/config/logical_lines.hpp"
#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("secrets are left out of configuration files", "[input][secrets]") {
  struct Case {
    ConfigKind kind;
    std::string text;
    std::string expected;
  };
  const auto c = GENERATE(values<Case>({
      {ConfigKind::hba, "host all all all ldap ldapbindpasswd=x y=z\n",
       "host all all all ldap ldapbindpasswd=******** y=z\n"},
      {ConfigKind::hba, "host all all all ldap ldapbindpasswd=\"x y\" a=b",
       "host all all all ldap ldapbindpasswd=******** a=b"},
      {ConfigKind::hba, "host all all all ldap \"ldapbindpasswd=x y\" a=b",
       "host all all all ldap \"ldapbindpasswd=********\" a=b"},
      {ConfigKind::hba, "h a a a radius radiussecrets=\"a,b\",radiusports=1",
       "h a a a radius radiussecrets=********,radiusports=1"},
      {ConfigKind::hba, "h a a a ldap ldapurl=ldap://u:pw@h/x",
       "h a a a ldap ldapurl=ldap://u:********@h/x"},
      {ConfigKind::hba, "# host all all all ldap ldapbindpasswd=x",
       "# host all all all ldap ldapbindpasswd=********"},
      {ConfigKind::conf, "primary_conninfo = 'host=a password=s3 user=r'\n",
       "primary_conninfo = 'host=a password=******** user=r'\n"},
      {ConfigKind::conf, "primary_conninfo = 'password=''a b'' user=r'\n",
       "primary_conninfo = 'password=''********'' user=r'\n"},
      {ConfigKind::conf, "ssl_passphrase_command = 'echo x'\n",
       "ssl_passphrase_command = '********'\n"},
      {ConfigKind::conf, "primary_conninfo = 'postgres://r:pw@h/d'\n",
       "primary_conninfo = 'postgres://r:********@h/d'\n"},
      {ConfigKind::conf, "app.jwt_secret = 'abc'\n", "app.jwt_secret = '********'\n"},
      {ConfigKind::conf, "app.api_key 'abc' # c\n", "app.api_key '********' # c\n"},
      {ConfigKind::conf, "App.Token = abc\n", "App.Token = ********\n"},
      {ConfigKind::conf, "#app.settings.jwt = 'a b'\n", "#app.settings.jwt = '********'\n"},
      {ConfigKind::conf, "archive_command = 'curl -u backup:s3cret -T %p https://b/%f'\n",
       "archive_command = 'curl -u backup:******** -T %p https://b/%f'\n"},
      {ConfigKind::conf, "archive_command = 'curl -H \"Authorization: Bearer abc\" -T %p h'\n",
       "archive_command = 'curl -H \"Authorization: Bearer ********\" -T %p h'\n"},
      {ConfigKind::conf, "archive_command = 'AWS_SECRET_ACCESS_KEY=abc/d aws s3 cp %p s3://b'\n",
       "archive_command = 'AWS_SECRET_ACCESS_KEY=******** aws s3 cp %p s3://b'\n"},
      {ConfigKind::conf, "archive_command = 'gpg --passphrase abc -c %p'\n",
       "archive_command = 'gpg --passphrase ******** -c %p'\n"},
      {ConfigKind::conf, "archive_command = 'gpg --passphrase=abc -c %p'\n",
       "archive_command = 'gpg --passphrase=******** -c %p'\n"},
      {ConfigKind::conf, "archive_command = 'sshpass -p 1234 scp %p h:/b'\n",
       "archive_command = 'sshpass -p ******** scp %p h:/b'\n"},
      {ConfigKind::conf, "archive_command = '7z a -pSecret /b/%f %p'\n",
       "archive_command = '7z a -p******** /b/%f %p'\n"},
      {ConfigKind::conf, "archive_command = 'put https://b/%f?sv=1&sig=abc%2B&x=1'\n",
       "archive_command = 'put https://b/%f?sv=1&sig=********&x=1'\n"},
  }));
  CAPTURE(c.text);
  const auto masked = mask_secrets({c.kind, "f", c.text, false}, 180000);
  CHECK(masked.masked);
  CHECK(masked.text == c.expected);
  CHECK(starred(c.kind, c.text, 180000).size() == c.text.size());
}

TEST_CASE("a flood of secrets is hidden in the time of reading it", "[input][secrets]") {
  std::string flood;
  for (int i = 0; i < 200'000; ++i) flood += "password=";
  CHECK(starred(ConfigKind::hba, flood, 180000) ==
        "password=" + std::string(flood.size() - 9, '*'));
  CHECK(starred(ConfigKind::conf, "password=apassword='b c'", 180000) ==
        "password=**********'***'");
  const std::string before = "# a\n";
  const auto line = "ldap ldapbindpasswd=x" + std::string(longest_auth_line, ' ') + "y";
  CHECK(starred(ConfigKind::hba, before + line + "\nb", 180000) ==
        before + std::string(line.size(), '*') + "\nb");
}

TEST_CASE("what is no secret stays", "[input][secrets]") {
  const std::string text =
      GENERATE(as<std::string>{}, "host all all all password\nhost all all all md5\n",
               "password_encryption = scram-sha-256 # md5 before\n",
               "ssl_passphrase_command_supports_reload = on\n", "archive_command = 'cp %p /b/%f'\n",
               "# bypass: none\n", "");
  for (const auto kind : {ConfigKind::hba, ConfigKind::ident, ConfigKind::conf}) {
    const ConfigFile file{kind, "f", text, false};
    CHECK(mask_secrets(file, 180000) == file);
  }
}
