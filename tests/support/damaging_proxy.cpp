#include "support/damaging_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace pgleast::test {
namespace {

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t n = 0;
  for (std::size_t i = 0; i < 4; ++i) n = n << 8U | static_cast<unsigned char>(bytes[at + i]);
  return n;
}

std::string number(std::uint32_t n, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(n >> (8 * i) & 0xFFU);
  return text;
}

std::string message(char type, const std::string& body) {
  return type + number(static_cast<std::uint32_t>(body.size()) + 4, 4) + body;
}

// The first column of a row description.
std::string first_column(const std::string& body) {
  const auto name_end = body.find('\0', 2) + 1;
  return number(1, 2) + body.substr(2, name_end - 2 + 18);
}

template <typename F>
std::string fields_of(const std::string& body, F&& f) {
  std::string result = body.substr(0, 2);
  for (std::size_t at = 2; at + 4 <= body.size();) {
    const auto length = number_at(body, at);
    const auto size = length == 0xFFFFFFFF ? 0 : length;
    result += f(body.substr(at, 4 + size));
    at += 4 + size;
  }
  return result;
}

std::string damaged(Damage damage, char type, const std::string& body) {
  const std::string odd = "x\xff'\"{,";
  if (type == 'T') return message(type, damage == Damage::one_column ? first_column(body) : body);
  switch (damage) {
    case Damage::no_rows:
      return "";
    case Damage::one_column: {
      bool first = true;
      auto one = fields_of(body, [&](const std::string& field) {
        return std::exchange(first, false) ? field : std::string();
      });
      return message(type, number(1, 2) + one.substr(2));
    }
    case Damage::nulls:
      return message(type, fields_of(body, [](const auto&) { return number(0xFFFFFFFF, 4); }));
    case Damage::garbage:
      return message(type, fields_of(body, [&](const auto&) {
                       return number(static_cast<std::uint32_t>(odd.size()), 4) + odd;
                     }));
    default:
      return message(type, body);
  }
}

bool send_all(int to, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto sent = send(to, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_into(int from, std::string& bytes) {
  std::array<char, 65536> block{};
  const auto got = recv(from, block.data(), block.size(), 0);
  if (got <= 0) return false;
  bytes.append(block.data(), static_cast<std::size_t>(got));
  return true;
}

}  // namespace

DamagingProxy::DamagingProxy(std::string folder, int port)
    : folder_(std::move(folder)), server_port_(port) {
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 ||
      listen(listener_, 8) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  port_ = ntohs(at.sin_port);
  thread_ = std::thread([this] { serve(); });
}

DamagingProxy::~DamagingProxy() {
  stop_ = true;
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  for (auto& relay : relays_) relay.join();
  close(listener_);
}

void DamagingProxy::damage(Damage damage, int answer) {
  damage_ = damage;
  answer_ = answer;
  answers_ = 0;
}

void DamagingProxy::serve() {
  while (!stop_) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) continue;
    relays_.emplace_back([this, client] { relay(client); });
  }
}

void DamagingProxy::relay(int client) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  const auto path = folder_ + "/.s.PGSQL." + std::to_string(server_port_);
  std::strncpy(at.sun_path, path.c_str(), sizeof at.sun_path - 1);
  const int server = socket(AF_UNIX, SOCK_STREAM, 0);
  bool open = connect(server, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
  std::string from_server, from_client;
  bool silent = false;
  while (open && !stop_) {
    std::array<pollfd, 2> wait{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (poll(wait.data(), wait.size(), 100) < 0) break;
    if (wait[0].revents != 0) {
      open = receive_into(client, from_client) && send_all(server, from_client);
      from_client.clear();
    }
    if (wait[1].revents != 0) open = open && receive_into(server, from_server);
    std::string out;
    while (from_server.size() >= 5 && from_server.size() >= 1 + number_at(from_server, 1)) {
      const char type = from_server[0];
      const auto length = number_at(from_server, 1);
      const auto body = from_server.substr(5, length - 4);
      from_server.erase(0, 1 + length);
      if (type == 'T') ++answers_;
      const bool here = answers_ == answer_ && answer_ > 0;
      silent = silent || (here && damage_ == Damage::silence);
      open = open && !(here && damage_ == Damage::end);
      const bool rows = type == 'T' || type == 'D';
      out += here && rows ? damaged(damage_, type, body) : message(type, body);
    }
    if (!silent && !out.empty()) open = open && send_all(client, out);
  }
  close(client);
  close(server);
}

}  // namespace pgleast::test
