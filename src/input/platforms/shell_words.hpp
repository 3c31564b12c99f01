#pragma once
// Words as a shell takes them, without what it would put in: `-c 'a b'` is two.

#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

std::vector<std::string> shell_words(std::string_view text);

}  // namespace pgleast
