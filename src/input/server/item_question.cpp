#include "input/server/item_question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "input/server/field.hpp"

namespace pgleast {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto usual_wait = std::chrono::milliseconds(5000);  // of a session
constexpr auto first_wait = std::chrono::milliseconds(1000);
constexpr auto next_wait = std::chrono::milliseconds(100);
constexpr auto longest_wait = std::chrono::milliseconds(5000);  // for all locks of one question
constexpr auto lock_not_available = Condition{sqlstate("55P03")};
constexpr std::size_t most_left_out = 1000;  // then the rest is left out unasked

std::string replaced(std::string text, std::string_view name, const std::string& value) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
    text.replace(at, name.size(), value);
    at += value.size();
  }
  return text;
}

std::string asked(const std::string& sql, std::uint32_t first, std::uint32_t last, bool told) {
  auto text = replaced(sql, ":first", fmt::format("{}::pg_catalog.oid", first));
  text = replaced(std::move(text), ":last", fmt::format("{}::pg_catalog.oid", last));
  return replaced(std::move(text), ":told", told ? "true" : "false");
}

class ItemQuestion {
 public:
  using Take = std::function<void(const Row& row, const std::string& why)>;

  ItemQuestion(Session& session, const std::string& sql, const std::string& name, const Take& take)
      : session_(session), sql_(sql), name_(name), take_(take) {}

  void ask() {
    set_lock_timeout(first_wait);
    const bool all_told = take_all(0, 0xFFFFFFFF);
    if (!all_told) ask_one_by_one();
    set_lock_timeout(usual_wait);
  }

 private:
  void ask_one_by_one() {
    const auto all = session_.ask(asked(sql_, 0, 0xFFFFFFFF, false), name_);
    std::vector<std::uint32_t> oids;
    for (const auto& row : all) oids.push_back(oid_of(row[0]));
    std::sort(oids.begin(), oids.end());
    if (!oids.empty()) ask(oids, 0, oids.size());
  }

  void ask(const std::vector<std::uint32_t>& oids, std::size_t begin, std::size_t end) {
    if (left_out_ <= most_left_out && take_all(oids[begin], oids[end - 1])) return;
    if (end - begin == 1 || left_out_ > most_left_out) return leave_out(oids[begin], oids[end - 1]);
    const auto middle = begin + (end - begin) / 2;
    ask(oids, begin, middle);
    ask(oids, middle, end);
  }

  bool take_all(std::uint32_t first, std::uint32_t last) {
    const auto begun = Clock::now();
    const auto answer = session_.try_ask(asked(sql_, first, last, true));
    if (answer.rows) {
      for (const auto& row : *answer.rows) take_(row, "");
      return true;
    }
    if (answer.condition == Condition::query_canceled) {
      fail("", fmt::format("the server refused to show {}: {}", name_, answer.why));
    }
    is_lock_ = answer.condition == lock_not_available;
    why_ = is_lock_ ? "another session holds a lock on it" : answer.why;
    waited_ += Clock::now() - begun;
    set_lock_timeout(waited_ < longest_wait ? next_wait : std::chrono::milliseconds(1));
    return false;
  }

  void leave_out(std::uint32_t first, std::uint32_t last) {
    if (!is_lock_) session_.ask_again_if_changed(why_);
    for (const auto& row : session_.ask(asked(sql_, first, last, false), name_)) {
      ++left_out_;
      take_(row, why_);
    }
  }

  void set_lock_timeout(std::chrono::milliseconds most) {
    session_.ask(fmt::format("SET LOCAL lock_timeout = {}", most.count()), "a setting");
  }

  Session& session_;
  const std::string& sql_;
  const std::string& name_;
  const Take& take_;
  Clock::duration waited_{};
  std::size_t left_out_ = 0;
  bool is_lock_ = false;  // of the last refusal
  std::string why_;
};

}  // namespace

void each_item(Session& session, const std::string& sql, const std::string& name,
               const std::function<void(const Row& row, const std::string& why)>& take) {
  ItemQuestion(session, sql, name, take).ask();
}

}  // namespace pgleast
