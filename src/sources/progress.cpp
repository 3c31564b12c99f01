#include "sources/progress.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace pgleast {

Progress::Progress(std::string what) {
  if (isatty(STDERR_FILENO) != 1) return;
  thread_ = std::thread([this, what = std::move(what)] {
    std::unique_lock lock(mutex_);
    if (done_.wait_for(lock, std::chrono::seconds(1), [this] { return is_done_; })) return;
    std::fprintf(stderr, "pgleast: %s ...", what.c_str());
    done_.wait(lock, [this] { return is_done_; });
    std::fputs("\r\x1b[K", stderr);
  });
}

Progress::~Progress() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_done_ = true;
  }
  done_.notify_one();
  thread_.join();
}

}  // namespace pgleast
