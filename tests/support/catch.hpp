#pragma once
// Catch2 2 (Debian 12) and 3 (Debian 13) under one include.

#ifdef PGLEAST_CATCH3
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
