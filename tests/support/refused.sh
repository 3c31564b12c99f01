# For the `cmd` of a case: sourced, not run.
#
#   refused ARGUMENT...    `pgleast ARGUMENT...` must be an error: prints the command, what it says
#                          and its exit code; and whatever is wrong about it: a text on standard
#                          output, a message of another form, a crash

refused() {
  echo "\$ pgleast $*"
  code=0
  timeout 20 "$PGLEAST" "$@" > stdout 2> stderr || code=$?
  cat stderr
  echo "[$code]"
  [ ! -s stdout ] || echo "WRONG: $(wc -c < stdout) bytes on standard output"
  [ "$(grep -c '^pgleast: ' stderr)" = 1 ] || echo "WRONG: not one message"
  case $code in 2 | 4) ;; *) echo "WRONG: not an exit code of an error" ;; esac
}
