"""Attacks on everything outside: files, processes, network, the kernel, the zygote, other checks."""

from __future__ import annotations

from tests.sandbox.hostile import Attack

_ADD = "\ndef add(a, b): return 0\n"


def _try(name: str, code: str, control: str = "") -> Attack:
    """Print evidence where `code`, an expression, comes to an end without an error."""
    text = (
        "import os, posix, socket, ctypes, signal, sys\n"
        "LIBC = ctypes.CDLL(None, use_errno=True)\n"
        f"def attempt():\n    return {code}\n"
        "try:\n    got = attempt()\n    print('EVIDENCE', repr(got)[:80], flush=True)\nexcept Exception: pass\n"
    )
    return Attack(name, text + _ADD, control)


def _call(name: str, number: int, *args: object) -> Attack:
    """A system call by its number on x86-64; evidence where it succeeds."""
    given = ", ".join(f"ctypes.c_long({a})" if isinstance(a, int) else str(a) for a in args)
    code = f"(lambda r: r if r >= 0 else 1 / 0)(LIBC.syscall(ctypes.c_long({number}), {given}))"
    return _try(f"calls-{name}", code.replace(", )", ")"))


FILES = [
    _try("reads-home", "open('@HOME@/victim.txt').read()", "unprotected"),
    _try("reads-a-login", "open('@HOME@/.netrc').read()", "unprotected"),
    _try("reads-passwords", "open('/etc/passwd').read()", "unprotected"),
    _try("reads-host-name", "open('/etc/hostname').read() and 1", ""),
    _try("reads-its-source", "open('@SOURCE@').read() and 1", "unprotected"),
    _try("reads-verdicts", "open('@HOME@/verdicts.jsonl').read()", "unprotected"),
    _try(
        "writes-verdicts",
        "open('@HOME@/verdicts.jsonl', 'a').write('passed')",
        "unprotected-changes",
    ),
    _try(
        "finds-verdicts",
        "[n for _, _, ns in os.walk('/') for n in ns if n.endswith(('.jsonl', '.sqlite', '.partial', '.parquet'))][0]",
    ),
    _try(
        "changes-the-cache",
        "__import__('sqlite3').connect('@HOME@/cache.sqlite').execute('create table verdicts(v)') or 1",
        "unprotected-changes",
    ),
    _try("writes-home", "open('@HOME@/victim.txt', 'w').write('x')", "unprotected-changes"),
    _try("removes", "os.remove('@HOME@/victim.txt')", "unprotected-changes"),
    _try("renames", "os.rename('@HOME@/victim.txt', '@HOME@/gone')", "unprotected-changes"),
    _try("drops-a-file", "open('@DROP@/x', 'w').write('x')", "unprotected-changes"),
    _try("drops-a-link", "os.symlink('/etc/passwd', '@DROP@/l') or 1", "unprotected-changes"),
    _try("empties", "os.truncate('@HOME@/victim.txt', 0) or 1", "unprotected-changes"),
    _try("changes-a-mode", "os.chmod('@HOME@/keep/k.txt', 0o777) or 1", "unprotected-changes"),
    _try("changes-times", "os.utime('@HOME@/keep/k.txt', (1, 1)) or 1", "unprotected-changes"),
    _try("changes-an-attribute", "os.setxattr('@HOME@/keep/k.txt', 'user.x', b'1') or 1"),
    _try("follows-a-link-out", "(os.symlink('@HOME@', 'out'), open('out/victim.txt').read())"),
    _try("climbs-out", "open('../../../../..@HOME@/victim.txt').read()"),
    _try("links-out", "os.link('@HOME@/victim.txt', 'mine')"),
    _try("changes-root", "os.chroot('/') or 1"),
    _try("opens-a-device", "open('/dev/mem', 'rb') and open('/dev/kmsg', 'rb')"),
    _try("makes-a-device", "os.mknod('sda', 0o60666, os.makedev(8, 0)) or 1"),
    _try("makes-a-fifo", "os.mkfifo('fifo') or 1"),
    _try("poisons-a-module", "open(os.__file__, 'a').write('x')"),
    _try(
        "poisons-a-cache",
        "open(os.path.dirname(os.__file__) + '/__pycache__/x.pyc', 'w').write('x')",
    ),
    _try("leaves-in-tmp", "open('/tmp/hornbook-left', 'w').write('x')", "unprotected-changes"),
    _try(
        "leaves-in-shared-memory",
        "open('/dev/shm/hornbook-left', 'w').write('x')",
        "unprotected-changes",
    ),
]

PROCESSES = [
    _try("forks", "os.fork() or posix._exit(0)", "unprotected"),
    _call("fork", 57),
    _call("vfork", 58),
    _try("spawns", "os.posix_spawn('/bin/true', ['true'], {})", "unprotected"),
    _try("executes", "__import__('subprocess').run(['/bin/true'], check=True)", "unprotected"),
    _try("runs-a-shell", "1 / (os.system('true') == 0)", "unprotected"),
    _try(
        "starts-workers",
        "__import__('multiprocessing').get_context('fork').Process(target=print).start() or 1",
        "unprotected",
    ),
    _try("kills-its-parent", "os.kill(os.getppid(), 0) or os.getppid() or 1 / 0", "unprotected"),
    _try("kills-everyone", "os.kill(-1, 0) or 1", "unprotected"),
    _try("kills-neighbours", "[os.kill(os.getpid() + d, 0) for d in (-3, -2, -1, 1, 2, 3)]"),
    _try("signals-through-a-descriptor", "__import__('fcntl').fcntl(0, 8, os.getppid() or 2) or 1"),
    _try("limits-its-parent", "__import__('resource').prlimit(os.getppid() or 2, 0, (1, 1))"),
    _try("reads-its-parents-memory", "open(f'/proc/{os.getppid()}/mem', 'rb')"),
    _try("reads-processes", "[p for p in os.listdir('/proc') if p.isdigit()][0]", "unprotected"),
    _try("reads-the-environment", "1 / len(os.environ)"),
    _try(
        "reads-its-parents-environment",
        "open(f'/proc/{os.getppid() or 1}/environ').read() or 1",
        "",
    ),
    _try("leaves-its-session", "os.setsid()"),
    _try("changes-priority", "os.setpriority(0, 0, -5) or 1"),
    _try("changes-user", "os.setuid(0) or 1"),
    _try("names-this-machine", "1 / (socket.gethostname() == '@HOST@')"),
]

NETWORK = [
    _try("connects", "socket.create_connection(('127.0.0.1', @PORT@), 1)", "unprotected"),
    _try("connects-outside", "socket.create_connection(('1.1.1.1', 53), 1)"),
    _try("asks-for-metadata", "socket.create_connection(('169.254.169.254', 80), 1)"),
    _try(
        "sends-datagrams",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', @PORT@))",
        "unprotected",
    ),
    _try("listens", "socket.create_server(('127.0.0.1', 0))", "unprotected"),
    _try(
        "connects-to-a-path",
        "socket.socket(socket.AF_UNIX).connect('@HOME@/canary.sock') or 1",
        "unprotected",
    ),
    _try(
        "connects-to-a-name",
        "socket.socket(socket.AF_UNIX).connect('\\0@SOCKET@') or 1",
        "unprotected",
    ),
    _try("opens-netlink", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)", "unprotected"),
    _try("opens-vsock", "socket.socket(40, socket.SOCK_STREAM)"),
    _try("opens-a-packet-socket", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"),
    _try(
        "receives-descriptors", "socket.recv_fds(socket.socketpair()[0], 1, 1, socket.MSG_DONTWAIT)"
    ),
    _try("sends-descriptors", "socket.send_fds(socket.socket(fileno=os.dup(0)), [b'x'], [1])"),
    _try("finds-descriptors", "[n for n in range(3, 64) if LIBC.fcntl(n, 1) >= 0][0]"),
]

KERNEL = [
    _call("unshare", 272, 0x10000000),
    _call("setns", 308, 0, 0),
    _call("mount", 165, "b'none'", "b'/box'", "b'tmpfs'", 0, 0),
    _call("umount", 166, "b'/'", 2),
    _call("pivot-root", 155, "b'.'", "b'.'"),
    _call("ptrace", 101, 0, 0, 0, 0),
    _call("process-vm-readv", 310, 1, 0, 0, 0, 0, 0),
    _call("pidfd-open", 434, 1, 0),
    _call("pidfd-getfd", 438, 0, 0, 0),
    _call("memfd", 319, "b'x'", 0),
    _call("memfd-secret", 447, 0),
    _call("userfaultfd", 323, 1),
    _call("io-uring", 425, 4, "ctypes.create_string_buffer(256)"),
    _call("bpf", 321, 0, "ctypes.create_string_buffer(256)", 48),
    _call("perf", 298, "ctypes.create_string_buffer(256)", 0, -1, -1, 0),
    _call("add-key", 248, "b'user'", "b'k'", "b'v'", 1, -4),
    _call("keyctl", 250, 0, -4, 0),
    _call("shared-memory", 29, 0x1234, 4096, 0o1666),
    _call("messages", 68, 0x1235, 0o1666),
    _call("semaphores", 64, 0x1236, 1, 0o1666),
    _call("message-queue", 240, "b'q'", 0o102, 0o666, 0),
    _call("inotify", 253),
    _call("fanotify", 300, 0, 0),
    _call("personality", 135, 0x40000),
    _call("seccomp", 317, 0, 0, 0),
    _call("landlock", 444, 0, 0, 1),
    _call("clone3", 435, "ctypes.create_string_buffer(88)", 88),
    _call("clone-in-a-namespace", 56, 0x10000000 | 17, 0, 0, 0, 0),
    _call("swap", 167, "b'x'", 0),
    _call("reboot", 169, 1, 2, 3),
    _call("clock", 227, 0, "ctypes.create_string_buffer(16)"),
    _call("scheduler", 144, 0, 1, "ctypes.create_string_buffer(b'\\1\\0\\0\\0')"),
    _call("affinity", 203, 0, 8, "ctypes.create_string_buffer(b'\\xff' * 8)"),
    _call("dumpable", 157, 4, 1, 0, 0, 0),
    _call(
        "capabilities",
        126,
        "ctypes.create_string_buffer(bytes.fromhex('2205082000000000'))",
        "ctypes.create_string_buffer(b'\\xff' * 24)",
    ),
    _call("sendmsg", 46, 0, "ctypes.create_string_buffer(56)", 0),
    _call("open-by-handle", 304, 0, 0, 0),
    Attack(
        "calls-by-32-bit-numbers",
        "import ctypes, mmap\n"
        "code = bytes.fromhex('b814000000cd80c3')  # mov eax, 20 (getpid of i386); int 0x80; ret\n"
        "page = mmap.mmap(-1, 4096, prot=7)\npage.write(code)\n"
        "at = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
        "print('EVIDENCE', ctypes.CFUNCTYPE(ctypes.c_long)(at)(), flush=True)" + _ADD,
        "unprotected",
    ),
    Attack(
        "calls-by-x32-numbers",
        "import ctypes\nLIBC = ctypes.CDLL(None)\n"
        "r = LIBC.syscall(ctypes.c_long(0x40000000 + 39))\nprint('EVIDENCE', r) if r >= 0 else None"
        + _ADD,
    ),
]

ESCAPES = [*FILES, *PROCESSES, *NETWORK, *KERNEL]
