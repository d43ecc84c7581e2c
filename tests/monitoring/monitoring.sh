#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Monitoring, with a real Prometheus: a forwarder with a plugin that has bugs is
# scraped through the endpoint file, the alerts fire when the bugs act and not
# before, the dashboard's expressions have results. All of it on 127.0.0.1.

set -u
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$HERE/../lib.sh"
# shellcheck source=tests/telemetry/telemetry_lib.sh
. "$HERE/../telemetry/telemetry_lib.sh"

usage()
{
	cat <<END
Usage: ${0##*/} BUILD

  BUILD  build directory that holds the plugin and the applications

EXPORTER=FILE in the environment: a dpdk-telemetry-exporter.py to use as well.
END
}

ENDPOINT=$REPO/config/telemetry-endpoints/labyrinth.py
RULES=$REPO/config/monitoring/labyrinth.rules.yml

# free_port: one that nobody listens on, for now.
free_port()
{
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

get()
{
	python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode(), end="")' "$1" 2>/dev/null
}

prometheus_says()
{
	python3 "$HERE/prometheus.py" "$PORT" "$@" 2>&1
}

socket_of()
{
	local dir
	for dir in /var/run/dpdk "${XDG_RUNTIME_DIR:-/tmp}/dpdk"; do
		find "$dir/$1" -name 'dpdk_telemetry.v2*' 2>/dev/null
	done | head -n 1
}

serves()
{
	get "http://127.0.0.1:$1/metrics" | grep -q '^dpdk_labyrinth_frames{'
}

start_exporter()
{
	EXPORTED=$(free_port)
	python3 "$HERE/exporter.py" "$(socket_of "$PREFIX")" "$EXPORTED" "$ENDPOINT" \
		>"$LOGS/exporter.log" 2>&1 &
	EXPORTER_PID=$!
	at_exit end_process "$EXPORTER_PID"
	wait_until 10 serves "$EXPORTED"
}

# The windows of the rules, minutes, are seconds here, and nothing waits.
write_config()
{
	sed -E -e 's/\[10m\]/[4s]/g; s/offset 30m/offset 8s/g; s/offset 10m/offset 4s/g; s/\[5m\]/[10s]/g' \
		-e 's/\[1h\]/[3m]/g; s/for: .*/for: 0s/' "$RULES" >"$WORK/rules.yml"
	cat >"$WORK/prometheus.yml" <<END
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 500ms}
rule_files: [rules.yml]
scrape_configs:
  - job_name: dpdk
    static_configs: [{targets: ["127.0.0.1:$EXPORTED"]}]
END
}

start_prometheus()
{
	PORT=$(free_port)
	prometheus "--config.file=$WORK/prometheus.yml" "--storage.tsdb.path=$WORK/data" \
		"--web.listen-address=127.0.0.1:$PORT" >"$LOGS/prometheus.log" 2>&1 &
	PROMETHEUS=$!
	at_exit end_process "$PROMETHEUS"
	wait_until 20 has_sample
}

has_sample()
{
	[[ $(prometheus_says query dpdk_labyrinth_frames) =~ ^[1-9] ]]
}

fires()
{
	[[ " $(prometheus_says alerts) " == *" $1 "* ]]
}

# do_wrong WORD ALERT: the plugin acts, and the alert fires.
do_wrong()
{
	echo "$1" >"$LEAKY.new"
	mv "$LEAKY.new" "$LEAKY"
	wait_until 90 fires "$2"
	check "$2 fires when a program $3" fires "$2"
}

test_static()
{
	check "alert rules: promtool finds no error" \
		limited 20 "$LOGS/rules.log" promtool check rules "$RULES"
	check "alert rules: fire when they should over hours, and only then" \
		limited 30 "$LOGS/rules_test.log" promtool test rules "$HERE/rules_test.yml"
	check "endpoint: pools that are gone, profiles that know no owners, a patrol" \
		limited 20 "$LOGS/endpoint.log" python3 "$HERE/endpoint_test.py" "$ENDPOINT"
}

# Units, HELP and types, as promtool wants them.
test_metrics()
{
	get "http://127.0.0.1:$EXPORTED/metrics" >"$LOGS/metrics.txt"
	promtool check metrics <"$LOGS/metrics.txt" >"$LOGS/metrics.log" 2>&1
	check_eq "metrics: promtool finds no error" $? 0 "$LOGS/metrics.log"
	check_eq "metrics: one for each that the endpoint tells of" \
		"$(grep -c '^# HELP' "$LOGS/metrics.txt")" "$(python3 -c 'import importlib.util, sys
spec = importlib.util.spec_from_file_location("labyrinth", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(len(module.info()))' "$ENDPOINT")" "$LOGS/metrics.txt"
}

# DPDK's own exporter, where there is one of 24.11 or later.
test_dpdk_exporter()
{
	local tool=${EXPORTER:-$(command -v dpdk-telemetry-exporter.py)} port pid
	if [[ -z $tool ]]; then
		skip "DPDK's exporter" "dpdk-telemetry-exporter.py is in DPDK from 24.11 on"
		return
	fi
	port=$(free_port)
	python3 "$tool" -o "openmetrics://127.0.0.1:$port" -p "${ENDPOINT%/*}" \
		-s "$(socket_of "$PREFIX")" >"$LOGS/dpdk_exporter.log" 2>&1 &
	pid=$!
	at_exit end_process "$pid"
	wait_until 10 serves "$port"
	get "http://127.0.0.1:$port/metrics" | grep '^#' >"$WORK/theirs"
	check "DPDK's exporter serves what ours does" diff "$WORK/theirs" <(grep '^#' "$LOGS/metrics.txt")
	end_process "$pid"
}

# With the program gone, the exporter says so, once a question, and lives.
test_program_dies()
{
	{ kill -KILL "$FORWARDER" && wait "$FORWARDER"; } 2>/dev/null
	wait_until 60 fires LabyrinthNotScraped
	check "LabyrinthNotScraped fires when the program has died" fires LabyrinthNotScraped
	check "the exporter says that it does not answer" \
		grep -q 'dpdk_telemetry.*: the program does not answer: ' "$LOGS/exporter.log"
	check "the exporter lives on" kill -0 "$EXPORTER_PID"
}

# A program whose exporter dies in the middle of a question goes on answering.
test_exporter_dies()
{
	local i
	for i in 1 2 3 4 5; do
		# The braces take bash's own word about it out of the way.
		{ python3 -c 'import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect(sys.argv[1])
s.recv(1024)
for i in range(8):
    s.send(b"/labyrinth/held,fwd_0,64")
os.kill(os.getpid(), 9)' "$(socket_of "$PREFIX")"; } 2>/dev/null
	done
	check "exporters that die in the middle of a question: the program answers the next" serves "$EXPORTED"
}

test_live()
{
	LEAKY=$WORK/leaky
	export LEAKY
	compile "$HERE/leaky.c" "$TRUSTED/leaky.so" -shared -fPIC
	at_exit rm -f "$TRUSTED/leaky.so"
	FORWARD_EAL=(-d "$TRUSTED/leaky.so")
	forward monitored --pool-options=violation=report || return
	check "the exporter serves the endpoint's metrics" start_exporter
	test_metrics
	test_dpdk_exporter
	write_config
	check "Prometheus scrapes them" start_prometheus
	# As long as the longest rule looks back.
	sleep 14
	check_eq "a program that is well: no alert" "$(prometheus_says alerts)" ""
	check "dashboard: $(prometheus_says dashboard "$REPO/config/monitoring/grafana-dashboard.json")" \
		prometheus_says dashboard "$REPO/config/monitoring/grafana-dashboard.json"
	test_exporter_dies
	do_wrong twice LabyrinthViolation "frees a buffer twice"
	do_wrong greedy LabyrinthGetFailures "asks for more than there is"
	do_wrong leak LabyrinthLeak "leaks"
	wait_until 90 fires LabyrinthPoolNearlyEmpty
	check "LabyrinthPoolNearlyEmpty fires when most of it has leaked" fires LabyrinthPoolNearlyEmpty
	test_program_dies
}

[[ $# == 1 && $1 != -* ]] || { usage >&2 && exit 2; }
[[ -d $1 ]] || die "no build directory $1"
BUILD=$(realpath "$1")
undo_on_exit
LOGS=$BUILD/testlogs/monitoring
mkdir -p "$LOGS" || die "cannot write to $LOGS"
command -v prometheus >/dev/null || borrow "$BUILD/borrowed/prometheus" prometheus
# A package of its own from Debian 13 on.
command -v promtool >/dev/null || borrow "$BUILD/borrowed/promtool" promtool
if ! command -v prometheus >/dev/null || ! command -v promtool >/dev/null; then
	skip "monitoring" "Prometheus is not installed, and Debian's package cannot be had (logs: $BUILD/borrowed/*/log)"
else
	WORK=$(mktemp -d) || die "no directory for temporary files"
	at_exit rm -rf "$WORK"
	trusted_dir "$BUILD"
	telemetry_begin
	test_static
	test_live
fi
summary
