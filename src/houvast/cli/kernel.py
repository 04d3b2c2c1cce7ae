"""What Linux takes from a process for good: files (Landlock), system calls (seccomp), privileges.

By the C library alone, for this is done before anything else is trusted. What a kernel does not have is passed over:
whoever needs to know tries it out afterwards (`houvast.cli.confined --tries`).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import struct
from collections.abc import Sequence
from pathlib import Path

NOBODY = 65534
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # of unshare(2)
_PARENT_DEATH, _NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 1, 38, 22, 2  # of prctl(2)
_CAPABILITIES = 0x20080522  # of capset(2), the version with 64 bits
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # system calls, the same on all machines
_VERSION, _PATH_BENEATH = 1, 1
_FILES = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights to files each version of Landlock knows, from execute to ioctl; later ones as the last."""
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_TCP, _SCOPES = 0b11, 0b11
"""To bind and connect (version 4); to reach abstract sockets and to signal what is outside (version 6)."""
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_DENIED = (
    (41, 198), (42, 203), (49, 200), (50, 201), (53, 199),  # socket, connect, bind, listen, socketpair
    (59, 221), (322, 281), (62, 129), (101, 117),  # execve, execveat, kill, ptrace
    (310, 270), (311, 271), (434, 434), (438, 438),  # process_vm_readv, process_vm_writev, pidfd_open, pidfd_getfd
    (425, 425), (321, 280), (298, 241), (323, 282),  # io_uring_setup, bpf, perf_event_open, userfaultfd
    (248, 217), (249, 218), (250, 219), (304, 265),  # add_key, request_key, keyctl, open_by_handle_at
    (272, 97), (308, 268), (165, 40), (161, 51),  # unshare, setns, mount, chroot
)  # fmt: skip
"""System calls that are refused: their numbers on x86_64 and on aarch64."""
_LOAD, _EQUAL, _AT_LEAST, _ANSWER = 0x20, 0x15, 0x35, 0x06  # of BPF
_KILL, _ALLOW, _ERROR = 0x80000000, 0x7FFF0000, 0x00050000 | errno.EPERM
_OTHER_CALLS = 0x40000000  # the x32 calls of x86_64


def give_up(code: Sequence[Path]) -> None:
    """Keep nothing but reading `code` (files and folders): no other file, no network, no program, no privileges."""
    system = ctypes.CDLL(None, use_errno=True)
    system.unshare(_NEW_NETWORK) and system.unshare(_NEW_USER | _NEW_NETWORK)  # pyright: ignore[reportUnusedExpression]
    if os.geteuid() == 0:
        _become_nobody(code)
    _drop_capabilities(system)
    system.prctl(_PARENT_DEATH, signal.SIGKILL)  # after the change of user, which takes it away
    system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _keep_reading(system, code)
    _refuse_calls(system)


def _become_nobody(code: Sequence[Path]) -> None:
    """Where nobody can read the code too; else it stays who it is, without capabilities."""
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    able = all(os.access(one, os.R_OK, effective_ids=True) for one in code)
    os.seteuid(0)
    os.setegid(0)
    if able:
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _drop_capabilities(system: ctypes.CDLL) -> None:
    header, none = struct.pack("=Ii", _CAPABILITIES, 0), bytes(24)
    system.capset(header, none)


def _keep_reading(system: ctypes.CDLL, code: Sequence[Path]) -> None:
    """By Landlock: of all files only `code`, and to read it; TCP, and sockets and signals to others, not at all."""
    version = system.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION))
    if version < 1:
        return
    handled = (1 << _FILES.get(version, _FILES[5])) - 1
    attributes = struct.pack("=QQQ", handled, _TCP, _SCOPES)[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = system.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    if rules < 0:
        return
    for one in code:
        at = os.open(one, os.O_PATH | os.O_CLOEXEC)
        beneath = struct.pack("=Qi", _READ_FILE | (_READ_FOLDER if one.is_dir() else 0), at)
        system.syscall(_ADD_RULE, rules, _PATH_BENEATH, beneath, ctypes.c_uint(0))
        os.close(at)
    system.syscall(_RESTRICT_SELF, rules, ctypes.c_uint(0))
    os.close(rules)


def _refuse_calls(system: ctypes.CDLL) -> None:
    """By seccomp: whoever asks one of them is answered that it is not permitted."""
    if platform.machine() not in _MACHINES:
        return
    machine, column = _MACHINES[platform.machine()]
    numbers = [pair[column] for pair in _DENIED]
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_ANSWER, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    steps.append((_AT_LEAST, len(numbers) + 1, 0, _OTHER_CALLS))
    steps += [(_EQUAL, len(numbers) - at, 0, number) for at, number in enumerate(numbers)]
    steps += [(_ANSWER, 0, 0, _ALLOW), (_ANSWER, 0, 0, _ERROR)]
    made = b"".join(struct.pack("=HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(made, len(made))
    program = struct.pack("@HP", len(steps), ctypes.addressof(held))
    system.prctl(_SECCOMP, _FILTER, ctypes.c_char_p(program), 0, 0)
