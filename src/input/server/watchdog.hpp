#pragma once
// Ends a connection whose server has been silent for too long: whoever waits for an answer is
// told that it is gone.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace pgleast {

class Watchdog {
 public:
  /// `socket` must stay open as long as this lives. Without `until` it never bites.
  Watchdog(int socket, std::optional<std::chrono::steady_clock::time_point> until);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  bool has_bitten() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable done_;
  bool is_done_ = false;
  bool has_bitten_ = false;
  std::thread thread_;
};

}  // namespace pgleast
