#pragma once
// The objects of one kind, in their order:
//
//   for (const auto id : objects_of(cluster, ObjectKind::schema))
//   names.insert(cluster.object(id).name);

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "model/cluster.hpp"

namespace pgleast {

class ObjectsOf {
 public:
  ObjectsOf(const std::vector<Object>& objects, ObjectKind kind) : objects_(objects), kind_(kind) {}

  struct End {};
  class Iterator {
   public:
    Iterator(const std::vector<Object>& objects, ObjectKind kind)
        : objects_(&objects), kind_(kind) {
      skip();
    }
    ObjectId operator*() const { return ObjectId{at_}; }
    Iterator& operator++() {
      ++at_;
      skip();
      return *this;
    }
    bool operator!=(End) const { return at_ < objects_->size(); }

   private:
    void skip() {
      while (at_ < objects_->size() && (*objects_)[at_].kind != kind_) ++at_;
    }
    const std::vector<Object>* objects_;
    ObjectKind kind_;
    std::uint32_t at_ = 0;
  };
  Iterator begin() const { return {objects_, kind_}; }
  static End end() { return {}; }

 private:
  const std::vector<Object>& objects_;
  ObjectKind kind_;
};

/// Keeps a reference: the cluster must outlive it.
inline ObjectsOf objects_of(const Cluster& cluster, ObjectKind kind) {
  return {cluster.objects, kind};
}

/// A database, a tablespace, a parameter: what lies in no database and is the only one of its
/// kind with that name; no_object: there is none.
inline ObjectId shared_object_named(const Cluster& cluster, ObjectKind kind,
                                    std::string_view name) {
  for (const auto id : objects_of(cluster, kind)) {
    if (cluster.object(id).name == name) return id;
  }
  return no_object;
}

}  // namespace pgleast
