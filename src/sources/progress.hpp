#pragma once
// "pgleast: reading the server's catalogs ..." on standard error, when it is a terminal and
// the work takes longer than a second; wiped when it is done.

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace pgleast {

class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  bool is_done_ = false;
  std::thread thread_;
};

}  // namespace pgleast
