#pragma once
// A snapshot's text as it grows.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "input/snapshot/byte_text.hpp"
#include "text/files.hpp"
#include "text/json.hpp"

namespace pgleast {

template <typename F>
void each_text(nlohmann::json& j, const F& change) {
  if (j.is_string()) {
    auto& text = j.get_ref<std::string&>();
    text = change(text);
  } else if (j.is_structured()) {
    for (auto& item : j) each_text(item, change);
  }
}

// What json_text() makes of the whole, key by key and item by item: a large server's tree takes
// several times the memory of the cluster.
class SnapshotWriter {
 public:
  explicit SnapshotWriter(const Write& write) : write_(write) {}

  void key(std::string_view name) {
    write_(any_ ? ",\n \"" : "{\n \"");
    write_(name);
    write_("\": ");
    any_ = true;
  }
  void value(nlohmann::json tree) { write_text(std::move(tree), "\n "); }
  template <typename T>
  void value(const std::vector<T>& items) {
    values(items, [](const T& item) -> nlohmann::json { return item; });
  }
  template <typename T, typename F>
  void values(const T& items, const F& tree_of) {
    const char* before = "[\n  ";
    for (const auto& item : items) {
      write_(before);
      write_text(tree_of(item), "\n  ");
      before = ",\n  ";
    }
    write_(*before == '[' ? "[]" : "\n ]");
  }
  void end() { write_("\n}\n"); }

 private:
  void write_text(nlohmann::json tree, std::string_view line_break) {
    each_text(tree, text_in_snapshot);
    write_(json_text(tree, 1, line_break));
  }

  const Write& write_;
  bool any_ = false;
};

}  // namespace pgleast
