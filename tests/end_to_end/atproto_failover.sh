#!/usr/bin/env bash
# Two bridges whose clocks differ, as those of two Jetstream hosts do; sourced by atproto.sh.
#
# The daemon reads the first. It is held while the first ends and a post and a follow are made that
# only the second sees, which numbers them four seconds before what the daemon has read up to: only
# the rewind of five seconds finds them. Then it is the first one's turn again, after a restart, with
# a cursor that comes from the second.

# Lets the clock of a bridge be behind by so many ms, or stand still at a time: set_clock NAME VALUE
set_clock() { echo "$2" > "$work/$1.clock"; }

# The time_us that a bridge gave to a post, by its uri: number NAME URI
number() {
  grep "\"rkey\":\"${2##*/}\"" "$work/$1.events" | grep -o '"time_us":[0-9]*' | head -1 | cut -d: -f2
}
numbered() { [ -n "$(number "$@")" ]; }

# Posts that the source has handed over, those that came again included.
handed_over() {
  tagscout source show bluesky --json | grep -o '"posts_total":[0-9]*' | cut -d: -f2
}
expect_handed_over() {
  [ "$(handed_over)" = "$1" ] || fail "$(handed_over) posts were handed over, not $1: $2"
}

failover() {
  local tag=mendedclothes name="writer$$" fan="follower$$" writer read_up_to uri
  rm -rf "$work/state" "$work"/*.clock
  writer=$(person create "$name")
  person create "$fan" > /dev/null
  bash "$TAGSCOUT_ATPROTO/set-followers.sh" "$writer" 9999

  # Everything from before is numbered long ago by the second.
  set_clock second 60000
  start_bridge first 6008
  start_daemon "$tag" 6008 6009
  eventually 30 "not connected to the first" source_shows '"connected_to":"ws://127.0.0.1:6008'
  uri=$(person post "$name" "$tag")
  eventually 30 "9,999 followers are never read" shows "bluesky:$writer" '"followers":9999'
  start_bridge second 6009
  eventually 30 "the second does not see the first post" numbered second "$uri"

  kill -s STOP "${running[second]}"
  uri=$(person post "$name" "$tag")
  eventually 30 "the second post does not arrive" has_posts 2
  eventually 30 "the first keeps no events" numbered first "$uri"
  read_up_to=$(number first "$uri")
  set_clock second $((read_up_to / 1000 - 4000))
  kill -s CONT "${running[second]}"
  eventually 30 "the second bridge does not see the second post" numbered second "$uri"
  expect_handed_over 2 "before anything failed"

  kill -s STOP "${running[daemon]}"
  stop first
  person follow "$fan" "$writer" > /dev/null
  uri=$(person post "$name" "$tag")
  eventually 30 "the second does not see the third post" numbered second "$uri"
  [ "$(number second "$uri")" -lt "$read_up_to" ] || fail "the rewind is not needed"
  kill -s CONT "${running[daemon]}"
  eventually 30 "the third post is missed" has_posts 3
  source_shows '"connected_to":"ws://127.0.0.1:6009' || fail "not connected to the second"
  source_shows '"state":"running"' || fail "not running on the second"
  expect_handed_over 4 "of the rewind, the second post and the third"
  eventually 30 "the follow is missed" shows "bluesky:$writer" '"followers":10000'

  set_clock second 500
  start_bridge first 6008
  uri=$(person post "$name" "$tag")
  eventually 30 "the fourth post does not arrive" has_posts 4
  source_shows '"connected_to":"ws://127.0.0.1:6009' || fail "it left a host that works"
  eventually 30 "the second keeps no events" numbered second "$uri"
  [ "$(number second "$uri")" -gt "$read_up_to" ] || fail "the cursor is not the second one's"

  stop_daemon
  stop second
  uri=$(person post "$name" "$tag")
  eventually 30 "the first does not see the fifth post" numbered first "$uri"
  start_daemon "$tag" 6008 6009
  eventually 30 "the fifth post is missed" has_posts 5
  source_shows '"connected_to":"ws://127.0.0.1:6008' || fail "not connected to the first again"
  [ "$(handed_over)" -ge 2 ] || fail "the fourth post did not come again"
  shows "bluesky:$writer" '"posts_seen":5' || fail "not five posts: $(tagscout account show "bluesky:$writer" --json)"
  [ "$(count_flags)" = 1 ] || fail "not one flag: $(flags)"
  flags | grep -q '"kind":"rose"' || fail "another flag: $(flags)"
  stop_daemon
  stop first
}
