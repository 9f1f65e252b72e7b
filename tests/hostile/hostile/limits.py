"""What a process that opens a hostile folder may not do, and the record of what it tried."""

import os
import resource
import sys
from pathlib import Path

MEMORY = 1536 * 2**20
CPU_SECONDS = 20
WALL_SECONDS = 120
WRITTEN = 64 * 2**20

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork")
_STARTS += ("os.forkpty", "pty.spawn", "os.startfile", "os.kill", "os.killpg")
_NETWORK = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg")
_NETWORK += ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "urllib.Request")
_PATHS = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate")
_PATHS += ("os.chmod", "os.chown", "os.utime", "shutil.rmtree", "shutil.move", "shutil.copyfile")


class Acts:
    """An audit hook that refuses and records.

    Args:
        writable: folders that may be written to.
        code: the folders of the checkpoint and of copied code.
        emitted: the only file names that may run from there.
    """

    def __init__(self, writable: list[Path], code: list[Path], emitted: tuple[str, ...]) -> None:
        self.writable = [os.path.realpath(path) + os.sep for path in writable]
        self.code = tuple(os.path.realpath(path) + os.sep for path in code)
        self.emitted = emitted
        self.seen: list[str] = []

    def hook(self, event: str, args: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = args
            if isinstance(flags, int) and flags & _WRITES and not isinstance(path, int):
                self._written(event, path)
        elif event == "exec":
            self._executed(args[0])
        elif event == "pickle.find_class":
            self._refuse(f"pickle names {args[0]}.{args[1]}")
        elif event in _PATHS:
            places = args[1:2] if event in {"shutil.copyfile", "os.symlink"} else args[:2]
            for path in places:
                if isinstance(path, str | bytes | os.PathLike):
                    self._written(event, path)
        elif event in _NETWORK:
            self.seen.append(f"{event} {args[1:]!r}"[:300])
            raise ConnectionRefusedError(f"{event} is refused")
        elif event in _STARTS:
            self._refuse(f"{event} {args!r}"[:300])

    def _written(self, event: str, path: object) -> None:
        place = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]
        if place != "/dev/null" and not any((place + os.sep).startswith(w) for w in self.writable):
            self._refuse(f"{event} for writing: {place}")

    def _executed(self, code: object) -> None:
        name = os.path.realpath(getattr(code, "co_filename", ""))
        if name.startswith(self.code) and os.path.basename(name) not in self.emitted:
            self._refuse(f"runs code of the checkpoint: {os.path.basename(name)}")

    def _refuse(self, act: str) -> None:
        self.seen.append(act)
        raise PermissionError(f"{act} is refused")


def confine(acts: Acts) -> None:
    """Limit this process, for good; call it in a child."""
    with open("/proc/self/statm", encoding="ascii") as file:
        mapped = int(file.read().split()[0]) * resource.getpagesize()
    for limit, value in (
        (resource.RLIMIT_AS, mapped + MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = value + 5 if limit == resource.RLIMIT_CPU else value
        resource.setrlimit(limit, (value, hard))
    sys.addaudithook(acts.hook)
