#include "connections/name_set.hpp"

#include <algorithm>
#include <iterator>

namespace pgleast {
namespace {

using Ids = std::vector<std::uint32_t>;

Ids each_once(Ids ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Ids both(const Ids& a, const Ids& b) {
  Ids result;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  return result;
}

Ids either(const Ids& a, const Ids& b) {
  Ids result;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  return result;
}

Ids less(const Ids& a, const Ids& b) {
  Ids result;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  return result;
}

bool includes(const Ids& a, const Ids& b) {
  if (a.size() < b.size()) return false;
  // One name in a long list is looked up, not walked to.
  if (b.size() == 1) return std::binary_search(a.begin(), a.end(), b.front());
  return std::includes(a.begin(), a.end(), b.begin(), b.end());
}

bool meet(const Ids& a, const Ids& b) {
  const auto& few = a.size() < b.size() ? a : b;
  const auto& many = a.size() < b.size() ? b : a;
  return std::any_of(few.begin(), few.end(), [&](std::uint32_t id) {
    return std::binary_search(many.begin(), many.end(), id);
  });
}

}  // namespace

NameSet NameSet::of(std::uint32_t classes, Ids ids) {
  return {classes, false, each_once(std::move(ids))};
}

NameSet NameSet::all_but(std::uint32_t classes, Ids ids) {
  return {classes, true, each_once(std::move(ids))};
}

bool NameSet::has(std::uint32_t id) const {
  return std::binary_search(ids_.begin(), ids_.end(), id) != inverted_;
}

bool NameSet::covers(const NameSet& other) const {
  if (!inverted_ && !other.inverted_) return includes(ids_, other.ids_);
  if (inverted_ && other.inverted_) return includes(other.ids_, ids_);
  if (inverted_) return !meet(ids_, other.ids_);
  return other.without(*this).empty();
}

bool NameSet::intersects(const NameSet& other) const {
  if (!inverted_ && !other.inverted_) return meet(ids_, other.ids_);
  if (inverted_ && other.inverted_) return !intersection(other).empty();
  return inverted_ ? !includes(ids_, other.ids_) : !includes(other.ids_, ids_);
}

NameSet NameSet::intersection(const NameSet& other) const {
  if (inverted_ && other.inverted_) return {classes_, true, either(ids_, other.ids_)};
  if (inverted_) return {classes_, false, less(other.ids_, ids_)};
  if (other.inverted_) return {classes_, false, less(ids_, other.ids_)};
  return {classes_, false, both(ids_, other.ids_)};
}

NameSet NameSet::without(const NameSet& other) const { return intersection(other.inverse()); }

NameSet NameSet::united(const NameSet& other) const {
  return inverse().intersection(other.inverse()).inverse();
}

Ids NameSet::members() const {
  if (!inverted_) return ids_;
  Ids result;
  result.reserve(size());
  auto out = ids_.begin();
  for (std::uint32_t id = 0; id < classes_; ++id) {
    if (out != ids_.end() && *out == id) {
      ++out;
    } else {
      result.push_back(id);
    }
  }
  return result;
}

std::uint32_t NameSet::first() const {
  if (!inverted_) return ids_.front();
  std::uint32_t id = 0;
  for (const auto out : ids_) {
    if (out != id) break;
    ++id;
  }
  return id;
}

}  // namespace pgleast
