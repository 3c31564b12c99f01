#!/bin/sh
# Runs the commands of a README's console blocks and compares what they print.
#
#   readme.sh FILE [WANTED [UNWANTED]]     those that match the one expression and not the other
#
# A line `[...]` stands for lines that were left out. pgleast is looked for in the PATH.
set -eu
awk -v wanted="${2:-.}" -v unwanted="${3:-^$}" '
  # Lines and gaps of what is expected against the whole output; 0 when they agree.
  function differs(    i, j, gap) {
    for (i = j = 1; i <= lines; ++i) {
      if (line[i] == "[...]") { gap = 1; continue }
      while (gap && j <= outputs && output[j] != line[i]) ++j
      if (j > outputs || output[j] != line[i]) {
        print "README: $ " command "\n  expected: " line[i]
        print "  printed:  " (j > outputs ? "(nothing more)" : output[j])
        return 1
      }
      ++j; gap = 0
    }
    if (j <= outputs && !gap) { print "README: $ " command "\n  printed more: " output[j]; return 1 }
    return 0
  }
  function finish(    shell, text) {
    if (command != "" && command ~ wanted && command !~ unwanted) {
      outputs = 0
      shell = "{ " command "; } 2>&1"
      while ((shell | getline text) > 0) output[++outputs] = text
      close(shell)
      failed += differs(); ++run
    }
    command = ""; lines = 0
  }
  /^```/ { finish(); console = $0 == "```console"; next }
  console && /^\$ / { finish(); command = substr($0, 3); next }
  console { line[++lines] = $0 }
  END {
    if (!run) print "README: no command was run"
    exit failed || !run
  }' "$1"
