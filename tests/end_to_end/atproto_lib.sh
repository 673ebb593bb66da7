#!/usr/bin/env bash
# What the scenarios on the real Bluesky network share; sourced by atproto.sh, which sets `bin`,
# `here` and `work`.

# Processes that the scenarios started, by what they are.
declare -A running=()

# start NAME COMMAND…: its output goes to $work/NAME.log
start() {
  local name=$1
  shift
  "$@" >> "$work/$name.log" 2>&1 &
  running[$name]=$!
}

# stop NAME: returns once it has ended; its exit code is in `ended`
stop() {
  local pid=${running[$1]}
  unset "running[$1]"
  ended=0
  kill "$pid" 2> /dev/null || true
  wait "$pid" 2> /dev/null || ended=$?
}

cleanup() {
  local name
  for name in "${!running[@]}"; do
    # One that is held would not heed anything milder.
    kill -s KILL "${running[$name]}" 2> /dev/null || true
    wait "${running[$name]}" 2> /dev/null || true
  done
  bash "$TAGSCOUT_ATPROTO/down.sh" > /dev/null 2>&1 || true
  rm -rf "$work"
}

fail() {
  {
    echo "FAILED: $*"
    local log
    for log in "$work"/*.log; do
      echo "--- $log"
      tail -n 40 "$log"
    done
  } >&2
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

# start_daemon TAG PORT…: one that watches a tag and has bridges on these ports
start_daemon() {
  local tag=$1 streams ports
  shift
  streams=$(printf '"ws://127.0.0.1:%s/subscribe", ' "$@")
  ports=$(printf '"127.0.0.1:%s", ' "$@")
  cat > "$work/tagscout.toml" << TOML
[daemon]
state_dir = "$work/state"
runtime_dir = "$work/run"
contact = "operator@tagscout.test"

[http]
allow_private = [$ports"127.0.0.1:2584"]

[[niche]]
name = "slow-fashion"
tags = ["$tag"]

[[source]]
name = "bluesky"
type = "bluesky"
jetstream = [$streams]
appview = "http://127.0.0.1:2584"
TOML
  start daemon "$bin/tagscoutd" --config "$work/tagscout.toml"
  eventually 30 "the daemon does not answer" tagscout health
}

stop_daemon() {
  stop daemon
  [ "$ended" = 0 ] || fail "the daemon stopped with $ended"
}

# Lets people do what atproto_client.mjs knows; once for all that person() asks for.
start_people() {
  mkfifo "$work/asked" "$work/answered"
  # Opened for both, so that neither end waits for the other.
  exec 7<> "$work/asked" 8<> "$work/answered"
  (cd "$ROOT/net" && exec node atproto_client.mjs http://localhost:2583 \
    < "$work/asked" > "$work/answered" 2> "$work/people.log") &
  running[people]=$!
}

# person COMMAND…: prints the answer
person() {
  local answer
  echo "$*" >&7
  read -r -t 60 answer <&8 || fail "no answer to: $*"
  [[ $answer != error* ]] || fail "$*: $answer"
  echo "$answer"
}

shows() { tagscout account show "$1" --json | grep -q "$2"; }
source_shows() { tagscout source show bluesky --json | grep -q "$1"; }
flags() { tagscout flag list --json --limit 1000; }
count_flags() { flags | grep -o '"kind":"[a-z]*"' | wc -l; }
post_ids() { tagscout post list --json | grep -o '"id":"bluesky:at[^"]*' || true; }
has_posts() { [ "$(post_ids | wc -l)" = "$1" ] && [ "$(post_ids | sort -u | wc -l)" = "$1" ]; }
