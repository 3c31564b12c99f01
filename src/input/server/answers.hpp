#pragma once
// The answers to several questions, asked one after the other: while their reader is at one part,
// the server is at the next ones. They come in parts, so no answer is in memory as a whole.

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "input/server/connection.hpp"

namespace pgleast {

class Answers {
 public:
  struct Asked {
    std::string name;
    std::string sql;
  };

  /// The session is theirs as long as they live.
  Answers(Session& session, std::vector<Asked> questions);
  ~Answers();
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

  /// Calls f(Row) for the rows of the next question; what they hold is gone after the call.
  /// Throws Error (unreadable).
  template <typename F>
  void each(F&& f) {
    for (auto part = next(); part; part = next()) {
      for (const auto& row : *part) f(row);
    }
  }

 private:
  struct Part {
    std::optional<Rows> rows;  // none: the end of an answer
    std::exception_ptr error;
  };

  void ask(Session& session, const std::vector<Asked>& questions);
  bool ask(Session& session, const Asked& question);
  bool put(Part part);  // whether more is wanted
  std::optional<Rows> next();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Part> parts_;  // read, and waiting
  bool wanted_ = true;
  std::thread asking_;
};

}  // namespace pgleast
