#include "input/server/answers.hpp"

#include <utility>

namespace pgleast {
namespace {

constexpr std::size_t most_waiting = 4;
constexpr std::size_t rows_of_part = 4000;

}  // namespace

Answers::Answers(Session& session, std::vector<Asked> questions)
    : asking_([this, &session, asked = std::move(questions)] { ask(session, asked); }) {}

Answers::~Answers() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = false;
  }
  changed_.notify_all();
  asking_.join();
}

void Answers::ask(Session& session, const std::vector<Asked>& questions) {
  try {
    // Else the server would plan for the first rows.
    session.ask("SET LOCAL cursor_tuple_fraction = 1", "a setting");
    for (const auto& question : questions) {
      if (!ask(session, question)) return;
    }
  } catch (...) {
    put({std::nullopt, std::current_exception()});
  }
}

bool Answers::ask(Session& session, const Asked& question) {
  const auto fetch = "FETCH " + std::to_string(rows_of_part) + " FROM answer";
  session.ask("DECLARE answer NO SCROLL CURSOR FOR " + question.sql, question.name);
  for (bool more = true; more;) {
    auto rows = session.ask(fetch, question.name);
    const bool last = rows.size() < rows_of_part;
    more = put({std::move(rows), nullptr}) && !last;
  }
  session.ask("CLOSE answer", question.name);
  return put({});
}

bool Answers::put(Part part) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !wanted_ || parts_.size() < most_waiting; });
  parts_.push_back(std::move(part));
  changed_.notify_all();
  return wanted_;
}

std::optional<Rows> Answers::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !parts_.empty(); });
  auto part = std::move(parts_.front());
  parts_.pop_front();
  changed_.notify_all();
  if (part.error) std::rethrow_exception(part.error);
  return std::move(part.rows);
}

}  // namespace pgleast
