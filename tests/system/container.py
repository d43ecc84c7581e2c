#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""
container.py COMMAND...: runs it as a container without privileges would: no
capability, no way to get one, and a filter of system calls that refuses, with
EPERM, those that container runtimes refuse by default. x86-64 only.
"""

import ctypes
import os
import struct
import sys

# mbind, set_mempolicy, get_mempolicy, migrate_pages, move_pages; mount, ptrace,
# perf_event_open, bpf, userfaultfd, process_vm_readv, kcmp, add_key, keyctl.
REFUSED = (237, 238, 239, 256, 279, 165, 101, 298, 321, 323, 310, 312, 248, 250)
PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, FILTER = 22, 24, 38, 2
LOAD, EQUAL, RETURN, ALLOW, EPERM = 0x20, 0x15, 0x06, 0x7FFF0000, 0x00050001


def main():
    libc = ctypes.CDLL(None, use_errno=True)
    number = 0
    while libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0:
        number += 1
    header = struct.pack("<Ii", 0x20080522, 0)
    if libc.capset(header, bytes(24)) != 0:
        sys.exit("capset: " + os.strerror(ctypes.get_errno()))
    steps = [struct.pack("<HBBI", LOAD, 0, 0, 0)]
    for place, call in enumerate(REFUSED):
        steps.append(struct.pack("<HBBI", EQUAL, len(REFUSED) - place, 0, call))
    steps.append(struct.pack("<HBBI", RETURN, 0, 0, ALLOW))
    steps.append(struct.pack("<HBBI", RETURN, 0, 0, EPERM))
    code = ctypes.create_string_buffer(b"".join(steps))
    program = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(steps), ctypes.addressof(code)))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or libc.prctl(PR_SET_SECCOMP, FILTER, program, 0, 0) != 0:
        sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
