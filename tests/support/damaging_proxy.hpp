#pragma once
// Between pgleast and a server: passes everything on, and damages one of its answers.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace pgleast::test {

enum class Damage { none, no_rows, one_column, nulls, garbage, silence, end };

class DamagingProxy {
 public:
  /// To the socket of the server in `folder`. Throws std::runtime_error.
  DamagingProxy(std::string folder, int port);
  ~DamagingProxy();
  DamagingProxy(const DamagingProxy&) = delete;
  DamagingProxy& operator=(const DamagingProxy&) = delete;

  int port() const { return port_; }
  /// The answers that have rows count from 1, over all sessions from now on.
  void damage(Damage damage, int answer);
  int answers() const { return answers_; }

 private:
  void serve();
  void relay(int client);

  std::string folder_;
  int server_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<Damage> damage_ = Damage::none;
  std::atomic<int> answer_ = 0;
  std::atomic<int> answers_ = 0;
  std::thread thread_;
  std::vector<std::thread> relays_;
};

}  // namespace pgleast::test
