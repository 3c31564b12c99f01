#pragma once
// Stands before the runtime's own header of this name in the include path.
//
// The 4.9 runtime has const vectors without an initializer as members; clang, unlike g++,
// then finds no default constructor and refuses header and generated code. An initializer
// changes nothing in layout or meaning.

#include <string>
#include <vector>

#ifdef __clang__
#define _literalNames _literalNames{}
#define _symbolicNames _symbolicNames{}
#define _displayNames _displayNames{}
#include <Vocabulary.h>
#undef _literalNames
#undef _symbolicNames
#undef _displayNames
#endif

#include_next <antlr4-runtime.h>
