#include "support/md5_login.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace pgleast::test {
namespace {

std::string number(std::uint32_t value) {
  std::string result;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    result += static_cast<char>(static_cast<unsigned char>(value >> shift));
  }
  return result;
}

std::uint32_t number_in(const std::string& bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes) value = (value << 8U) | static_cast<unsigned char>(c);
  return value;
}

class Connection {
 public:
  explicit Connection(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy_n(path.begin(), std::min(path.size(), sizeof address.sun_path - 1),
                std::begin(address.sun_path));
    open_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool open() const { return open_; }
  bool send(const std::string& kind, const std::string& body) const {
    const auto message = kind + number(static_cast<std::uint32_t>(body.size() + 4)) + body;
    return ::write(socket_, message.data(), message.size()) == static_cast<ssize_t>(message.size());
  }
  std::string read(std::size_t size) const {
    std::string result(size, '\0');
    for (std::size_t have = 0; have < size;) {
      const auto n = ::read(socket_, result.data() + have, size - have);
      if (n <= 0) return "";
      have += static_cast<std::size_t>(n);
    }
    return result;
  }
  // The body of an authentication request; empty: refused.
  std::string request() const {
    if (read(1) != "R") return "";
    return read(number_in(read(4)) - 4);
  }

 private:
  int socket_;
  bool open_ = false;
};

}  // namespace

bool logs_in_with_hash(const std::string& socket, const std::string& user,
                       const std::string& database, const std::string& hash,
                       const std::function<std::string(const std::string&)>& md5) {
  constexpr std::uint32_t protocol = 3U << 16U;
  constexpr std::uint32_t ask_md5 = 5;
  const Connection connection(socket);
  if (!connection.open()) return false;
  const std::string end(1, '\0');
  if (!connection.send("", number(protocol) + "user" + end + user + end + "database" + end +
                               database + end + end)) {
    return false;
  }
  const auto asked = connection.request();
  if (asked.size() != 8 || number_in(asked.substr(0, 4)) != ask_md5) return false;
  if (!connection.send("p", "md5" + md5(hash.substr(3) + asked.substr(4)) + end)) return false;
  const auto answer = connection.request();
  return answer.size() >= 4 && number_in(answer.substr(0, 4)) == 0;
}

}  // namespace pgleast::test
