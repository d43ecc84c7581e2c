# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
#
# Mutations of the shipped sources, one memory order or line at a time, on a copy.
# Sourced by mutations.sh.

# order NAME FILE LABEL FROM TO [expected]: in the operation after the comment @atomic LABEL,
# the last FROM becomes TO. With "expected", it is known that nothing notices.
order()
{
	local name=$1 file=$2 label=$3 from=$4 to=$5 known=${6:-} by
	wanted "$name" || return 0
	rm -rf "$WORK_DIR/core"
	cp -r "$REPO/lib/labyrinth" "$WORK_DIR/core"
	if ! python3 "$HERE/mutate.py" "$WORK_DIR/core/$file" "$label" "$from" "$to"; then
		row "$name" "CANNOT BE APPLIED"
		MISSED=$((MISSED + 1))
		return
	fi
	"$HERE/litmus.sh" "$WORK_DIR/core" >"$WORK_DIR/log" 2>&1
	by=$(grep ' executions)$' "$WORK_DIR/log" | grep -v ': holds ' | head -n 1)
	if [[ -n $by ]]; then
		row "$name" "litmus: ${by% (*}"
	elif [[ -n $known ]]; then
		row "$name" "not caught: $known"
	else
		row "$name" "NOT CAUGHT"
		MISSED=$((MISSED + 1))
	fi
}

ACQ=memory_order_acquire
REL=memory_order_release
RLX=memory_order_relaxed
ARL=memory_order_acq_rel
order "depot-push-cas: relaxed" rooms/depot.h depot-push-cas $REL $RLX
order "depot-pop-load: relaxed" rooms/depot.h depot-pop-load $ACQ $RLX
order "depot-pop-cas: acquire on success" rooms/depot.h depot-pop-cas "$ARL, $ACQ" "$ACQ, $ACQ"
order "depot-pop-cas: release on success" rooms/depot.h depot-pop-cas "$ARL, $ACQ" "$REL, $ACQ" \
	"what the load acquired is enough when the swap meets it"
order "depot-pop-cas: relaxed on failure" rooms/depot.h depot-pop-cas "$ARL, $ACQ" "$ARL, $RLX"
order "depot-removals: relaxed" rooms/depot.h depot-removals $ACQ $RLX
order "shelves are not looked at again" rooms/depot.h - "lab_depot_removals(heads) == removals" "true"
order "lane-leave: relaxed" rooms/lane.h lane-leave $REL $RLX
order "lane-enter: relaxed" rooms/lane.h lane-enter memory_order_acq_rel $RLX \
	"the peek acquired before; the order is for what is read in between"
order "lane-peek: relaxed" rooms/lane.h lane-peek $ACQ $RLX
order "lane-steal: release" rooms/lane_steal.c lane-steal $ARL $REL
order "page-claim: relaxed" pages/page.c page-claim $ACQ $RLX
order "page-free: relaxed" pages/page.c page-free $REL $RLX
order "left-end: relaxed" rooms/lane.h left-end $REL $RLX
order "no version bump on removal" rooms/depot.h - "+ LAB_VERSION_ONE" "+ 0"
order "no version bump on leaving" rooms/lane.h - "slot + LAB_SLOT_VERSION_ONE" "slot"
