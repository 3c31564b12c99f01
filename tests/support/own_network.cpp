#include "support/own_network.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <exception>
#include <thread>

namespace pgleast::test {
namespace {

ifreq interface(const std::string& name) {
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

void set_address(ifreq& request, const std::string& text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, text.c_str(), &address.sin_addr);
  std::memcpy(&request.ifr_addr, &address, sizeof address);
}

// What an address of the loopback device covers is this machine's, all of it.
bool cover(int socket, const std::string& name, const std::string& address) {
  auto request = interface(name);
  set_address(request, address);
  if (ioctl(socket, SIOCSIFADDR, &request) != 0) return false;
  set_address(request, "255.255.0.0");
  return ioctl(socket, SIOCSIFNETMASK, &request) == 0;
}

bool enter_network(const std::vector<std::string>& addresses) {
  if (unshare(CLONE_NEWNET) != 0) return false;
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  auto loopback = interface("lo");
  loopback.ifr_flags = IFF_UP | IFF_RUNNING;
  bool made = ioctl(socket, SIOCSIFFLAGS, &loopback) == 0;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    made = made && cover(socket, "lo:" + std::to_string(i + 1), addresses[i]);
  }
  close(socket);
  return made;
}

}  // namespace

void in_own_network(const std::vector<std::string>& addresses,
                    const std::function<void(bool)>& work) {
  std::exception_ptr thrown;
  std::thread([&] {  // a network belongs to a thread
    try {
      work(enter_network(addresses));
    } catch (...) {
      thrown = std::current_exception();
    }
  })
      .join();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace pgleast::test
