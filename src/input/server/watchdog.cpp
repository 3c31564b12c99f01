#include "input/server/watchdog.hpp"

#include <sys/socket.h>

namespace pgleast {

Watchdog::Watchdog(int socket, std::optional<std::chrono::steady_clock::time_point> until) {
  if (!until) return;
  thread_ = std::thread([this, socket, end = *until] {
    std::unique_lock lock(mutex_);
    if (done_.wait_until(lock, end, [this] { return is_done_; })) return;
    has_bitten_ = true;
    shutdown(socket, SHUT_RDWR);
  });
}

Watchdog::~Watchdog() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_done_ = true;
  }
  done_.notify_all();
  thread_.join();
}

bool Watchdog::has_bitten() const {
  const std::lock_guard lock(mutex_);
  return has_bitten_;
}

}  // namespace pgleast
