#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# labyrinth-map: pictures of what was saved hold what they should, a live
# process is drawn and watched, a stock pool and a maze differ, and what cannot
# be drawn gets one line.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/telemetry/telemetry_lib.sh
. "$HERE/telemetry_lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the applications

NO_HUGE=1 in the environment: as where there are no huge pages.
END
}

# --- what was saved ---------------------------------------------------------

# shapes NAME WALLS PAGES FREE OWNED: how many of them that picture shows.
shapes()
{
	local name=$1 what
	shift
	for what in walls pages free owned; do
		check_eq "$name.svg: $what" "$("$HERE/saved.py" --svg "$WORK/$name.svg" $what)" "$1"
		shift
	done
}

is_png()
{
	[[ $(head -c 8 "$1" | od -An -tx1 | tr -d ' \n') == 89504e470d0a1a0a ]]
}

test_saved()
{
	local name log
	"$HERE/saved.py" "$WORK" || die "cannot write to $WORK"
	for name in good larger wide; do
		log=$LOGS/$name.log
		check "$name.json: drawn without a word" silently "$log" "$MAP" \
			"--from=$WORK/$name.json" "--svg=$WORK/$name.svg" "--png=$WORK/$name.png"
		check "$name.svg: is XML" python3 -c 'import sys, xml.etree.ElementTree as e
e.parse(sys.argv[1])' "$WORK/$name.svg"
		check "$name.png: is a PNG" is_png "$WORK/$name.png"
	done
	shapes good 43 21 460 40
	shapes larger 43 21 530 70
	check "by owner: another picture" silently "$log" "$MAP" "--from=$WORK/good.json" \
		--colour=owner --path=0 "--svg=$WORK/owner.svg"
	check_eq "by owner: no frame in a state's colour" \
		"$("$HERE/saved.py" --svg "$WORK/owner.svg" free)" -1
	check "what was read is saved the same" silently "$log" "$MAP" \
		"--from=$WORK/good.json" "--save=$WORK/again.json"
	check "the same" python3 -c 'import json, sys
sys.exit(json.load(open(sys.argv[1])) != json.load(open(sys.argv[2])))' \
		"$WORK/good.json" "$WORK/again.json"
	"$MAP" "--from=$WORK/good.json" --watch --count=1 >"$LOGS/watch_saved.log"
	check "a saved pool on the terminal" grep -q '43 walls' "$LOGS/watch_saved.log"
}

silently()
{
	local log=$1
	shift
	limited 30 "$log" "$@" && [[ ! -s $log ]]
}

# --- what is wrong ----------------------------------------------------------

# refused NAME MESSAGE OPTION...: exit status 1, one line, nothing written.
refused()
{
	local name=$1 message=$2 log=$LOGS/refused.log status
	shift 2
	rm -rf "$WORK/out.svg"
	limited 20 "$log" "$MAP" "$@"
	status=$?
	if ((status != 1)) || [[ $(wc -l <"$log") != 1 ]]; then
		not_ok "refuses $name: exit status $status" "$log"
	elif ! grep -qF -- "$message" "$log" || ! grep -q '^labyrinth-map: ' "$log"; then
		not_ok "refuses $name: does not say '$message'" "$log"
	elif [[ -e $WORK/out.svg ]]; then
		not_ok "refuses $name: leaves a file"
	else
		ok "refuses $name"
	fi
}

test_refused()
{
	local file said out=--svg=$WORK/out.svg
	while IFS=$'\t' read -r file said; do
		refused "$file" "$said" "--from=$WORK/$file" "$out"
	done < <("$HERE/saved.py" --bad "$WORK")
	refused "a file that is not there" "cannot be read as JSON" "--from=$WORK/nix.json" "$out"
	refused "a pool that is not in the file" 'no pool "nix" in it' \
		"--from=$WORK/good.json" --pool=nix "$out"
	refused "a directory to write to" "cannot write" "--from=$WORK/good.json" "--png=$WORK"
	refused "a place to save that is none" "cannot write" "--from=$WORK/good.json" \
		"--save=$WORK/nix/x.json"
	refused "an unknown option" "--nix: unknown" --nix
	refused "an option without value" "--svg: unknown, or without its value" --svg
	refused "a word" "nix: not an option" nix
	refused "nothing to do" "nothing to do" "--from=$WORK/good.json"
	refused "an unknown colour" "allowed are state and owner" --colour=red "$out"
	refused "a long path" "from 0 to 512" --path=513 "$out"
	refused "no lcore" "from 0 to 4095" --lcore=x "$out"
	refused "no interval" "from 1 to 86400" --watch=0
	refused "five sources" "more than 4 sources" --from=a --from=b --from=c --from=d --from=e "$out"
	refused "no process" "cannot connect" "--file-prefix=telemetry-nix-$$" "$out"
	refused "no socket" "cannot connect" "--socket=$WORK/good.json" "$out"
	refused "a long prefix" "too long" "--file-prefix=$(printf 'x%.0s' {1..200})" "$out"
	refused "a long socket" "at most" "--socket=/$(printf 'x%.0s' {1..200})" "$out"
	test_peers
}

# Peers that are no DPDK program.
test_peers()
{
	local peer said
	while IFS='|' read -r peer said; do
		"$HERE/peer.py" "$WORK/peer.sock" "$peer" &
		at_exit end_process $!
		wait_until 10 test -S "$WORK/peer.sock"
		refused "a peer that $peer" "$said" "--socket=$WORK/peer.sock" "$out"
		rm -f "$WORK/peer.sock"
	done <<-END
		leaves|the process has gone
		babbles|does not greet
		lies|is not JSON
		changes|another command's
		empties|no pool
		nulls|no pool "x" there
		stalls|nothing came for 5 seconds
	END
}

# --- a live process ---------------------------------------------------------

# neighbours FILE: of how many steps of the path, percent, lead to a neighbour.
neighbours()
{
	python3 -c 'import json, sys
pool = json.load(open(sys.argv[1]))["pools"][0]
place = {a: i for i, a in enumerate(sorted(pool["address"]))}
order = [place[a] for a in pool["order"]]
print(sum(b == a + 1 for a, b in zip(order, order[1:])) * 100 // (len(order) - 1))' "$1"
}

test_live()
{
	local handler log=$LOGS/live.log
	for handler in ring_mp_mc labyrinth; do
		forward "$handler" "--pool-ops=$handler" || return
		check "$handler: a live process is drawn" silently "$log" "$MAP" \
			"--file-prefix=$PREFIX" --pool=fwd_0 "--svg=$WORK/live.svg" \
			"--png=$WORK/live.png" "--save=$WORK/$handler.json"
		check "$handler: is a PNG" is_png "$WORK/live.png"
		check "$handler: the pool's own path of an lcore" silently "$log" "$MAP" \
			"--file-prefix=$PREFIX" --lcore=1 "--svg=$WORK/live.svg"
		refused "a pool that $handler has not" 'no pool "nix"' "--file-prefix=$PREFIX" \
			--pool=nix "--svg=$WORK/out.svg"
		watched "$handler"
		kill -TERM "$FORWARDER"
		wait "$FORWARDER"
		check_eq "$handler: the forwarder ends well" $? 0 "$LOG"
		refused "a process that has ended" "cannot connect" "--file-prefix=$PREFIX" --watch
	done
	check "ring_mp_mc: the next frame is the neighbour ($(neighbours "$WORK/ring_mp_mc.json") %)" \
		[ "$(neighbours "$WORK/ring_mp_mc.json")" -ge 90 ]
	check "labyrinth: it is not ($(neighbours "$WORK/labyrinth.json") %)" \
		[ "$(neighbours "$WORK/labyrinth.json")" -le 5 ]
	check "side by side" silently "$log" "$MAP" "--from=$WORK/ring_mp_mc.json" \
		"--from=$WORK/labyrinth.json" "--png=$WORK/live.png"
}

# What a browser would be given: the page's own data.
html_data()
{
	python3 - "$1" <<-'END'
		import json, re, sys
		text = open(sys.argv[1]).read()
		data = re.search(r'id="data">(.*?)</script>', text, re.S).group(1)
		samples = json.loads(data)
		pools = samples[0]
		print(len(samples), len(pools), pools[0]["handler"], len(pools[0]["address"]),
		      len(re.findall(r'(src|href)=', text)))
	END
}

test_html()
{
	local log=$LOGS/html.log
	check "a page of what was saved" silently "$log" "$MAP" "--from=$WORK/ring_mp_mc.json" \
		"--from=$WORK/labyrinth.json" "--html=$WORK/saved.html"
	check_eq "the page holds both pools, and asks for nothing else" \
		"$(html_data "$WORK/saved.html")" "1 2 ring_mp_mc 8191 0"
	sed 's/"name":"fwd_0"/"name":"<\/script>"/' "$WORK/labyrinth.json" >"$WORK/hostile.json"
	check "a page with a hostile name" silently "$log" "$MAP" "--from=$WORK/hostile.json" \
		"--html=$WORK/hostile.html"
	check_eq "the name does not end the data" "$(grep -c '</script>' "$WORK/hostile.html")" 2
	refused "a page that cannot be written" "cannot write" "--from=$WORK/good.json" "--html=$WORK"
	refused "no samples" "from 1 to 100" --samples=0
	forward labyrinth --pool-ops=labyrinth --total-num-mbufs=20000 || return
	check "three samples of a live process" silently "$log" "$MAP" "--file-prefix=$PREFIX" \
		--samples=3 --every=100 "--html=$WORK/live.html"
	check_eq "the page holds three samples" "$(html_data "$WORK/live.html" | cut -d' ' -f 1-3)" \
		"3 1 labyrinth"
	"$MAP" --list >"$log" 2>&1
	check "--list: process, program and pool" \
		grep -qE "^$PREFIX +$FORWARDER +labyrinth-fwd +fwd_0\*" "$log"
	"$MAP" "--file-prefix=$PREFIX" --watch --count=2 >"$log" 2>&1
	check_eq "--watch: no rates at first" "$(grep -cE '^  refills +[0-9]+ +-$' "$log")" 1 "$log"
	check_eq "--watch: then rates" "$(grep -cE '^  refills +[0-9]+ +[0-9]+\.[0-9]$' "$log")" 1 "$log"
	check "--all: reads" silently "$log" "$MAP" "--file-prefix=$PREFIX" --all "--save=$WORK/all.json"
	check_eq "--all: every frame, none twice, and the program's name" "$(python3 -c 'import json, sys
pool = json.load(open(sys.argv[1]))["pools"][0]
print(len(pool["address"]), len(set(pool["address"])), pool["sampled"], pool["program"])' "$WORK/all.json")" \
		"20000 20000 1 labyrinth-fwd"
	kill -TERM "$FORWARDER"
	wait "$FORWARDER"
	sampled_is_said
}

# A picture of a part of the frames says so.
sampled_is_said()
{
	python3 - "$WORK/all.json" "$WORK/part.json" <<-'END'
		import json, sys
		data = json.load(open(sys.argv[1]))
		pool = data["pools"][0]
		for name in ("address", "state", "lcore", "pid", "age_ms"):
		    if name in pool:
		        pool[name] = pool[name][::40]
		pool["sampled"] = 40
		json.dump(data, open(sys.argv[2], "w"))
	END
	"$MAP" "--from=$WORK/part.json" --watch --count=1 >"$LOGS/part.log" 2>&1
	check "a sample is said" grep -q '^  a sample: 500 of 20000 frames were read$' "$LOGS/part.log"
	check "a sample is drawn" silently "$LOGS/part.log" "$MAP" "--from=$WORK/part.json" \
		"--svg=$WORK/part.svg" "--html=$WORK/part.html"
}

# watched NAME: into a pipe and on a terminal.
watched()
{
	local escape=$'\033'
	timeout 20 "$MAP" "--file-prefix=$PREFIX" --watch --count=2 2>&1 | cat >"$LOGS/watch.log"
	check_eq "$1: two views into a pipe" "$(grep -c '^pool fwd_0' "$LOGS/watch.log")" 2
	check_eq "$1: without escapes" "$(grep -c "$escape" "$LOGS/watch.log")" 0
	timeout 20 script -qec "$MAP --file-prefix=$PREFIX --watch --count=1" /dev/null \
		>"$LOGS/watch_terminal.log" </dev/null
	check "$1: with colours on a terminal" grep -q "$escape\[48" "$LOGS/watch_terminal.log"
}

# ----------------------------------------------------------------------------

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
MAP=$BUILD/app/labyrinth-map/labyrinth-map
[[ -x $MAP ]] || die "no labyrinth-map at $MAP: build first"
undo_on_exit
LOGS=$BUILD/testlogs/map
WORK=$(mktemp -d) || die "no directory for temporary files"
at_exit rm -rf "$WORK"
mkdir -p "$LOGS" || die "cannot write to $LOGS"
telemetry_begin
test_saved
test_refused
test_live
test_html
summary
