# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""
Endpoint of dpdk-telemetry-exporter.py (DPDK 24.11 and later): the labyrinth pools
of a process. The exporter puts dpdk_labyrinth_ in front of each name.
"""

# Metric: field of /labyrinth/pool, type, meaning.
POOL = {
    "frames": ("size", "gauge", "Frames of the pool."),
    "available_frames": ("available", "gauge", "Free frames in the depot."),
    "cached_frames": ("cached", "gauge", "Free frames in lanes."),
    "quarantined_frames": ("quarantined", "gauge", "Frames taken out of circulation after a violation."),
    "used_frames": ("used", "gauge", "Frames that are neither free nor quarantined."),
    "peak_frames": ("peak", "gauge", "Most frames ever seen used."),
    "frame_bytes": ("frame_stride", "gauge", "Bytes of a frame, with header and trailer."),
    "window_bytes": ("window_len", "gauge", "Bytes of address space reserved for the maze."),
    "footprint_bytes": ("footprint", "gauge", "Bytes of rooms, lanes, depot and tables."),
    "refills_total": ("refills", "counter", "Rooms taken from the depot."),
    "flushes_total": ("flushes", "counter", "Rooms given to the depot."),
    "steals_total": ("steals", "counter", "Times a lane took the rooms of another one."),
    "failures_total": ("failures", "counter", "Gets that found too few frames."),
    "injected_failures_total": ("injected", "counter", "Gets that failed on demand of the option fail."),
    "violations_total": ("violations", "counter", "Broken ownership rules in the pool."),
}

# Metric: field of /labyrinth/patrol, share of a unit, type, meaning. Of the process.
PATROL = {
    "patrol_rounds_total": ("rounds", 1, "counter", "Looks at all frames of all pools."),
    "patrol_findings_total": ("findings", 1, "counter", "Violations found by the patrol."),
    "patrol_cpu_seconds_total": ("cpu_us", 1e-6, "counter", "CPU time of the patrol."),
}

OWNER_FRAMES = "owner_frames"
OWNER_OLDEST = "owner_oldest_seconds"
VIOLATIONS = "process_violations_total"


def info():
    metrics = {name: (meaning, type_) for name, (_, type_, meaning) in POOL.items()}
    metrics.update({name: (meaning, type_) for name, (_, _, type_, meaning) in PATROL.items()})
    metrics[OWNER_FRAMES] = ("Frames owned by an lcore of a process; lcore -1: by threads without one.", "gauge")
    metrics[OWNER_OLDEST] = ("Seconds since that owner got the oldest of its frames.", "gauge")
    metrics[VIOLATIONS] = ("Broken ownership rules that the process has seen, in all its pools.", "counter")
    return metrics


def owners(sock, pool):
    """Who owns frames of a pool; nothing in a profile that does not know."""
    held = sock.cmd("/labyrinth/held", f"{pool},1")
    if not held or not held["known"]:
        return
    found = {}
    # With trace an owner has a group for each place that gets frames.
    for lcore, pid, frames, oldest in zip(
        held["owner_lcore"], held["owner_pid"], held["owner_frames"], held["owner_oldest_ms"]
    ):
        before = found.get((lcore, pid), (0, 0))
        found[lcore, pid] = (before[0] + frames, max(before[1], oldest))
    for (lcore, pid), (frames, oldest) in found.items():
        labels = {"pool": pool, "lcore": lcore, "pid": pid}
        yield OWNER_FRAMES, frames, labels
        yield OWNER_OLDEST, oldest / 1000, labels


def metrics(sock):
    found = []
    for pool in sock.cmd("/labyrinth/list") or []:
        state = sock.cmd("/labyrinth/pool", pool)
        # Freed since it was listed.
        if not state:
            continue
        labels = {"pool": pool}
        for name, (field, _, _) in POOL.items():
            if field in state:
                found.append((name, state[field], labels))
        found += owners(sock, pool)
    patrol = sock.cmd("/labyrinth/patrol")
    if patrol and patrol["on"]:
        found += [(name, patrol[field] * unit, {}) for name, (field, unit, _, _) in PATROL.items()]
    seen = sock.cmd("/labyrinth/violations")
    if seen:
        found.append((VIOLATIONS, seen["violations"], {}))
    # The samples of a metric stand together.
    return sorted(found, key=lambda sample: sample[0])
