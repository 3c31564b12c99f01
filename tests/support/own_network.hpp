#pragma once
// A network that no other machine is in, so that a server which listens everywhere is reached by
// the test alone, from any address of the networks that the test wants:
//
//   in_own_network({"10.20.0.1"}, [](bool own) { ... });   // all of 10.20.0.0/16 is this machine's

#include <functional>
#include <string>
#include <vector>

namespace pgleast::test {

/// Runs `work` in a thread with such a network, which its children share: loopback and the /16 of
/// each address. Where that is not allowed (it takes root), in the present one, with false.
void in_own_network(const std::vector<std::string>& addresses,
                    const std::function<void(bool)>& work);

}  // namespace pgleast::test
