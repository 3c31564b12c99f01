#include "connections/connection_sets.hpp"

#include "text/display.hpp"

namespace pgleast {

bool ties_names(const HbaName& name) {
  return name.is("sameuser") || name.is("samerole") || name.is("samegroup");
}

std::string tie_of(const HbaName& name) {
  return name.text == "sameuser" ? "sameuser" : "samerole";
}

std::string named_origin(const HbaAddress& address) {
  switch (address.kind) {
    case AddressKind::samehost:
    case AddressKind::samenet:
      return to_string(address);
    case AddressKind::host_name:
      return lower_case(address.host);
    case AddressKind::ip: {
      bool exact = true;
      addresses_of(address.address, address.mask, exact);
      return exact ? "" : to_string(address);
    }
    default:
      return "";
  }
}

}  // namespace pgleast
