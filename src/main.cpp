#include "cli/command.hpp"

int main(int argc, char** argv) { return pgleast::run_command_line(argc, argv); }
