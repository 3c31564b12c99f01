#include "support/startup_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace pgleast::test {
namespace {

constexpr std::uint32_t protocol_3_0 = 196608;
constexpr std::uint32_t ssl_request = 80877103;

[[noreturn]] void give_up(const std::string& what) {
  throw std::runtime_error("startup client: " + what + ": " + std::strerror(errno));
}

std::string int32(std::uint32_t n) {
  n = htonl(n);
  std::string bytes(sizeof n, '\0');
  std::memcpy(bytes.data(), &n, sizeof n);
  return bytes;
}

std::uint32_t int32_at(const std::string& bytes, std::size_t at) {
  std::uint32_t n = 0;
  std::memcpy(&n, bytes.data() + at, sizeof n);
  return ntohl(n);
}

// Any of the kinds of addresses, as the system's calls take them.
struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

template <typename Kind>
Address address_of(const Kind& kind) {
  Address address;
  std::memcpy(&address.storage, &kind, sizeof kind);
  address.length = sizeof kind;
  return address;
}

Address inet_address(const std::string& text, int port) {
  const auto network_port = htons(static_cast<std::uint16_t>(port));
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = network_port;
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) return address_of(v4);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = network_port;
  if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) return address_of(v6);
  throw std::runtime_error("startup client: no address: " + text);
}

Address socket_address(const std::string& folder, int port) {
  sockaddr_un path{};
  path.sun_family = AF_UNIX;
  const auto text = folder + "/.s.PGSQL." + std::to_string(port);
  if (text.size() >= sizeof path.sun_path) throw std::runtime_error("path too long: " + text);
  std::memcpy(path.sun_path, text.c_str(), text.size() + 1);
  return address_of(path);
}

// A thread of root's as another user, as long as it lives.
class AsUser {
 public:
  explicit AsUser(const std::string& name) {
    const auto* const user = name.empty() || geteuid() != 0 ? nullptr : getpwnam(name.c_str());
    if (user != nullptr) become(user->pw_uid);
  }
  ~AsUser() {
    if (changed_) become(0);
  }
  AsUser(const AsUser&) = delete;
  AsUser& operator=(const AsUser&) = delete;

 private:
  // The library's function changes all threads.
  void become(uid_t user) { changed_ = syscall(SYS_setresuid, -1, user, -1) == 0; }
  bool changed_ = false;
};

class Wire {
 public:
  explicit Wire(const Startup& startup);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// False when the server declines.
  bool start_tls(const std::string& certificate);
  void send(const std::string& bytes);
  /// Less than asked for at the end.
  std::string receive(std::size_t count);

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  void (*sigpipe_)(int);  // OpenSSL writes without MSG_NOSIGNAL
  int socket_ = -1;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
};

Wire::Wire(const Startup& startup) : sigpipe_(std::signal(SIGPIPE, SIG_IGN)) {
  const auto server = startup.server.empty() ? socket_address(startup.folder, startup.port)
                                             : inet_address(startup.server, startup.port);
  socket_ = ::socket(server.get()->sa_family, SOCK_STREAM, 0);
  if (socket_ < 0) give_up("socket");
  if (!startup.source.empty()) {
    const int on = 1;  // the port is chosen for the whole connection, so that there are enough
    setsockopt(socket_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    const auto source = inet_address(startup.source, 0);
    if (bind(socket_, source.get(), source.length) != 0) give_up("bind " + startup.source);
  }
  const AsUser user(startup.system_user);
  if (connect(socket_, server.get(), server.length) != 0) give_up("connect");
}

Wire::~Wire() {
  close(socket_);
  std::signal(SIGPIPE, sigpipe_);
}

bool Wire::start_tls(const std::string& certificate) {
  send(int32(8) + int32(ssl_request));
  if (receive(1) != "S") return false;
  context_.reset(SSL_CTX_new(TLS_client_method()));
  if (!certificate.empty() &&
      (SSL_CTX_use_certificate_file(context_.get(), certificate.c_str(), SSL_FILETYPE_PEM) != 1 ||
       SSL_CTX_use_PrivateKey_file(context_.get(), certificate.c_str(), SSL_FILETYPE_PEM) != 1)) {
    give_up(certificate);
  }
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), socket_);
  if (SSL_connect(ssl_.get()) != 1) give_up("TLS");
  return true;
}

void Wire::send(const std::string& bytes) {
  const bool sent =
      ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0
           : ::send(socket_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
  if (!sent) give_up("send");
}

std::string Wire::receive(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    const auto got = ssl_
                         ? SSL_read(ssl_.get(), bytes.data() + have, static_cast<int>(count - have))
                         : ::recv(socket_, bytes.data() + have, count - have, 0);
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

struct Message {
  char type = '\0';  // zero at the end
  std::string body;
};

Message next_message(Wire& wire) {
  const auto head = wire.receive(5);
  if (head.size() < 5) return {};
  return {head[0], wire.receive(int32_at(head, 1) - 4)};
}

std::string startup_packet(const Startup& startup) {
  std::string body = int32(protocol_3_0);
  const auto add = [&](const std::string& name, const std::string& value) {
    body += name + '\0' + value + '\0';
  };
  add("user", startup.user);
  if (!startup.database.empty()) add("database", startup.database);
  if (!startup.replication.empty()) add("replication", startup.replication);
  body += '\0';
  return int32(static_cast<std::uint32_t>(body.size() + 4)) + body;
}

void answer(Wire& wire, const std::string& body) {
  wire.send('p' + int32(static_cast<std::uint32_t>(body.size() + 4)) + body);
}

// Well formed, with a proof of zeros: the server goes all the way and then says no.
void answer_scram(Wire& wire) {
  const std::string first = "n,,n=,r=0123456789abcdefghijklmn";
  answer(wire, std::string("SCRAM-SHA-256") + '\0' +
                   int32(static_cast<std::uint32_t>(first.size())) + first);
  const auto challenge = next_message(wire);
  const auto text = challenge.body.substr(4);
  const auto nonce = text.substr(0, text.find(','));
  answer(wire, "c=biws," + nonce + ",p=" + std::string(43, 'A') + '=');
}

// A field of an error: `M`, its message; `C`, its SQLSTATE.
std::string field_of(const std::string& error, char kind) {
  for (std::size_t at = 0; at < error.size() && error[at] != '\0';) {
    const auto end = error.find('\0', at);
    if (error[at] == kind) return error.substr(at + 1, end - at - 1);
    at = end + 1;
  }
  return "";
}

std::string message_of(const std::string& error) {
  const auto message = field_of(error, 'M');
  return message.empty() ? "an error without a message" : message;
}

std::string refused(Wire& wire, const std::string& method) {
  const auto last = next_message(wire);
  return last.type == 'E' ? method : method + ", and no error";
}

// To the end of the answer to a statement, or of the login: the message of an error, or nothing.
std::string until_ready(Wire& wire) {
  for (std::string error;;) {
    const auto message = next_message(wire);
    if (message.type == 'E') error = message_of(message.body);
    if (message.type == '\0') return error.empty() ? "the connection is closed" : error;
    if (message.type == 'Z') return error;
  }
}

std::string run(Wire& wire, const std::string& statement) {
  wire.send('Q' + int32(static_cast<std::uint32_t>(statement.size() + 5)) + statement + '\0');
  return until_ready(wire);
}

std::string digest(const EVP_MD* kind, const std::string& text) {
  std::string result(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(result.data()), &length,
             kind, nullptr);
  result.resize(length);
  return result;
}

std::string hmac_sha256(const std::string& key, const std::string& text) {
  std::string result(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(result.data()), &length);
  result.resize(length);
  return result;
}

std::string hex(const std::string& bytes) {
  std::string result;
  for (const char c : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    result += digits[byte >> 4U];
    result += digits[byte & 15U];
  }
  return result;
}

std::string base64(const std::string& bytes) {
  std::string result((bytes.size() + 2) / 3 * 4 + 1, '\0');
  result.resize(static_cast<std::size_t>(EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(result.data()),
      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()))));
  return result;
}

std::string from_base64(const std::string& text) {
  std::string result(text.size(), '\0');
  const auto length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()));
  const auto padding = text.size() - std::min(text.find('='), text.size());
  result.resize(static_cast<std::size_t>(std::max(length, 0)) - padding);
  return result;
}

// RFC 5802; manual section 55.3. False where the server ends it.
bool answer_scram(Wire& wire, const std::string& password) {
  const std::string bare = "n=,r=0123456789abcdefghijklmn", first = "n,," + bare;
  answer(wire, std::string("SCRAM-SHA-256") + '\0' +
                   int32(static_cast<std::uint32_t>(first.size())) + first);
  const auto challenge = next_message(wire);
  if (challenge.type != 'R' || int32_at(challenge.body, 0) != 11) return false;
  const auto text = challenge.body.substr(4);
  const auto salt_at = text.find(",s="), rounds_at = text.find(",i=");
  const auto salt = from_base64(text.substr(salt_at + 3, rounds_at - salt_at - 3));
  std::string salted(32, '\0');
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                    reinterpret_cast<const unsigned char*>(salt.data()),
                    static_cast<int>(salt.size()), std::stoi(text.substr(rounds_at + 3)),
                    EVP_sha256(), static_cast<int>(salted.size()),
                    reinterpret_cast<unsigned char*>(salted.data()));
  const auto last = "c=biws," + text.substr(0, salt_at);
  auto proof = hmac_sha256(salted, "Client Key");
  const auto signature = hmac_sha256(digest(EVP_sha256(), proof), bare + ',' + text + ',' + last);
  for (std::size_t i = 0; i < proof.size(); ++i) {
    proof[i] = static_cast<char>(proof[i] ^ signature[i]);
  }
  answer(wire, last + ",p=" + base64(proof));
  return true;
}

// Answers what the server asks. Empty, or why not.
std::string log_in(Wire& wire, const Startup& startup, bool* asked = nullptr) {
  const auto message = next_message(wire);
  if (message.type == 'E') return message_of(message.body);
  if (message.type != 'R') return "the connection is closed";
  const auto method = int32_at(message.body, 0);
  if (asked != nullptr) *asked = method != 0;
  if (method != 0 && startup.password.empty()) return "another method";
  switch (method) {
    case 0:
      return "";
    case 3:
      answer(wire, startup.password + '\0');
      return "";
    case 5: {
      const auto inner = hex(digest(EVP_md5(), startup.password + startup.user));
      answer(wire, "md5" + hex(digest(EVP_md5(), inner + message.body.substr(4, 4))) + '\0');
      return "";
    }
    case 10:
      return answer_scram(wire, startup.password) ? "" : "no challenge";
    default:
      return "another method";
  }
}

// The fields of a row (manual section 55.7), null as `\N`.
std::string row_text(const std::string& body) {
  std::string text;
  for (std::size_t at = 2; at + 4 <= body.size();) {
    const auto length = int32_at(body, at);
    const bool null = length == 0xffffffffU;
    text += (at == 2 ? "" : "|") + (null ? "\\N" : body.substr(at + 4, length));
    at += 4 + (null ? 0 : length);
  }
  return text;
}

}  // namespace

struct Session::State {
  Wire wire;
};

Session::Session(const Startup& startup) : state_(new State{Wire(startup)}) {
  auto& wire = state_->wire;
  if (startup.tls && !wire.start_tls(startup.certificate)) {
    error_ = "no TLS";
    return;
  }
  wire.send(startup_packet(startup));
  error_ = log_in(wire, startup, &asked_);
  if (error_.empty()) error_ = until_ready(wire);
}

Session::~Session() = default;

Answer Session::run(const std::string& statement) {
  auto& wire = state_->wire;
  wire.send('Q' + int32(static_cast<std::uint32_t>(statement.size() + 5)) + statement + '\0');
  Answer answer;
  std::string done;
  for (bool ready = false; !ready;) {
    const auto message = next_message(wire);
    if (message.type == 'D') answer.rows.push_back(row_text(message.body));
    if (message.type == 'C') done = message.body.substr(0, message.body.find('\0'));
    if (message.type == 'E' && answer.error.empty()) {
      answer.error = field_of(message.body, 'C') + ' ' + message_of(message.body);
    }
    if (message.type == '\0' && answer.error.empty()) answer.error = "the connection is closed";
    ready = message.type == 'Z' || message.type == '\0';
  }
  std::sort(answer.rows.begin(), answer.rows.end());
  if (!done.empty()) answer.rows.push_back(done);
  return answer;
}

std::string session_error(const Startup& startup, const std::vector<std::string>& statements) {
  Wire wire(startup);
  if (startup.tls && !wire.start_tls(startup.certificate)) return "no TLS";
  wire.send(startup_packet(startup));
  auto error = log_in(wire, startup);
  if (error.empty()) error = until_ready(wire);
  if (startup.replication.empty() && error.empty()) error = run(wire, "BEGIN");
  for (const auto& statement : statements) {
    if (error.empty()) error = run(wire, statement);
  }
  return error;
}

std::optional<std::size_t> first_that_runs(const Startup& startup,
                                           const std::vector<std::vector<std::string>>& attempts) {
  Wire wire(startup);
  if (startup.tls && !wire.start_tls(startup.certificate)) return std::nullopt;
  wire.send(startup_packet(startup));
  if (!log_in(wire, startup).empty() || !until_ready(wire).empty()) return std::nullopt;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    auto error = run(wire, "BEGIN");
    for (const auto& statement : attempts[i]) {
      if (error.empty()) error = run(wire, statement);
    }
    if (error.empty()) return i;
    run(wire, "ROLLBACK");
  }
  return std::nullopt;
}

std::string first_answer(const Startup& startup) {
  Wire wire(startup);
  if (startup.tls && !wire.start_tls(startup.certificate)) return "no TLS";
  wire.send(startup_packet(startup));
  const auto message = next_message(wire);
  if (message.type == 'E') return message_of(message.body);
  if (message.type != 'R') return "the connection is closed";
  switch (int32_at(message.body, 0)) {
    case 0:
      return "trust";
    case 3:
      answer(wire, std::string("wrong") + '\0');
      return refused(wire, "password");
    case 5:
      answer(wire, "md5" + std::string(32, '0') + '\0');
      return refused(wire, "md5");
    case 10:
      answer_scram(wire);
      return refused(wire, "scram-sha-256");
    default:
      return "another method";
  }
}

}  // namespace pgleast::test
