// Hands the command line to the commands.
#include "agent/cli/cli.h"

int main(int argc, char** argv) { return siaga::run_command_line(argc, argv); }
