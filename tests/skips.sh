#!/bin/sh
# Tells how many tests of a ctest log were skipped, and why.
# usage: skips.sh LOG
set -eu
awk '
  / Testing: / { name = $NF; why = "SKIPPED: no reason given" }
  /^SKIPPED: / { why = $0 }
  /^Skip (regular expression|return code)/ { count++; print name ": " why }
  END { print "skipped tests: " count + 0 }
' "$1"
