// The one main() of the tests: Catch2 2 has none of its own in a library, 3 has.

#ifndef PGLEAST_CATCH3
#define CATCH_CONFIG_RUNNER
#endif
#include "support/catch.hpp"

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
