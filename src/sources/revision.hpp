#pragma once
// The files of one commit of a git repository, beside its working tree: nothing there is touched,
// no filter or hook is run and nothing is fetched.

#include <string>

namespace pgleast {

/// A folder of its own with these files, which goes with the object.
class Revision {
 public:
  /// Of the repository of the current folder, below that folder. Throws Error.
  explicit Revision(const std::string& commit);
  ~Revision();
  Revision(const Revision&) = delete;
  Revision& operator=(const Revision&) = delete;

  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

/// While it lives relative names are those of a folder.
class InFolder {
 public:
  explicit InFolder(const std::string& folder);
  ~InFolder();
  InFolder(const InFolder&) = delete;
  InFolder& operator=(const InFolder&) = delete;

 private:
  std::string before_;
};

}  // namespace pgleast
