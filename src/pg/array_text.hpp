#pragma once
// One-dimensional arrays as the server prints and reads them (array_out, array_in):
//
//   {a,"b c","say \"hi\"",NULL}

#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

/// The element that starts at `at`, without its quotes; `at` moves to the comma or brace
/// behind it, or to the end of a text that is cut off.
std::string array_element(std::string_view text, std::size_t& at);

/// All elements of `{...}`; NULL is read as a text.
std::vector<std::string> array_elements(std::string_view array);

/// An element as it stands in an array: quoted where it must be.
std::string in_array(std::string_view element);

}  // namespace pgleast
