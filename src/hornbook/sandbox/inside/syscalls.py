"""System-call numbers by machine, and which of them the sandbox lets through."""

from __future__ import annotations

# Harmless whatever their arguments are: they reach nothing but this process and the open
# descriptors of this process; what opens files is bounded by Landlock and the mount namespace.
PLAIN = """
read write open openat openat2 close stat fstat lstat newfstatat statx poll ppoll lseek mmap mprotect
munmap brk rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend
sigaltstack pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 access faccessat faccessat2
pipe pipe2 select pselect6 sched_yield mremap msync madvise dup dup2 dup3 pause nanosleep
clock_nanosleep getitimer setitimer alarm getpid gettid getppid getuid geteuid getgid getegid
getresuid getresgid getgroups getpgid getpgrp getsid recvfrom exit exit_group wait4 waitid uname
flock fsync fdatasync truncate ftruncate fallocate getdents getdents64 getcwd chdir fchdir rename
renameat renameat2 mkdir mkdirat rmdir unlink unlinkat creat readlink readlinkat symlink symlinkat
umask gettimeofday times clock_gettime clock_getres time getrlimit setrlimit getrusage sysinfo statfs
fstatfs getpriority sched_getaffinity sched_getparam sched_getscheduler getcpu futex set_robust_list
get_robust_list set_tid_address restart_syscall fadvise64 epoll_create epoll_create1 epoll_ctl
epoll_wait epoll_pwait eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime getrandom
membarrier rseq close_range getsockopt setsockopt getsockname getpeername shutdown
""".split()

# What the zygote needs and its children lose with the second filter.
ZYGOTE = """
fork vfork clone unshare setns sendmsg recvmsg capset setsid seccomp sched_setaffinity
""".split()

# Allowed with certain arguments only (seccomp.py): fcntl ioctl prctl prlimit64 socketpair sendto clone kill
# tgkill. clone3 answers ENOSYS, so that the C library falls back to clone.

_X86_64 = """
read:0 write:1 open:2 close:3 stat:4 fstat:5 lstat:6 poll:7 lseek:8 mmap:9 mprotect:10 munmap:11 brk:12
rt_sigaction:13 rt_sigprocmask:14 rt_sigreturn:15 ioctl:16 pread64:17 pwrite64:18 readv:19 writev:20
access:21 pipe:22 select:23 sched_yield:24 mremap:25 msync:26 madvise:28 dup:32 dup2:33
pause:34 nanosleep:35 getitimer:36 alarm:37 setitimer:38 getpid:39 sendto:44 recvfrom:45 sendmsg:46
recvmsg:47 shutdown:48 getsockname:51 getpeername:52 socketpair:53 setsockopt:54 getsockopt:55 clone:56
fork:57 vfork:58 exit:60 wait4:61 kill:62 uname:63 fcntl:72 flock:73 fsync:74 fdatasync:75 truncate:76
ftruncate:77 getdents:78 getcwd:79 chdir:80 fchdir:81 rename:82 mkdir:83 rmdir:84 creat:85 unlink:87
symlink:88 readlink:89 umask:95 gettimeofday:96 getrlimit:97 getrusage:98 sysinfo:99 times:100
getuid:102 getgid:104 geteuid:107 getegid:108 getppid:110 getpgrp:111 setsid:112 getgroups:115
getresuid:118 getresgid:120 getpgid:121 getsid:124 capset:126 rt_sigpending:127 rt_sigtimedwait:128
rt_sigsuspend:130 sigaltstack:131 statfs:137 fstatfs:138 getpriority:140 sched_getparam:143
sched_getscheduler:145 prctl:157 setrlimit:160 gettid:186 time:201 futex:202 sched_setaffinity:203 sched_getaffinity:204
epoll_create:213 getdents64:217 set_tid_address:218 restart_syscall:219 fadvise64:221
clock_gettime:228 clock_getres:229 clock_nanosleep:230 exit_group:231 epoll_wait:232 epoll_ctl:233
tgkill:234 waitid:247 openat:257 mkdirat:258 newfstatat:262 unlinkat:263 renameat:264 symlinkat:266
readlinkat:267 faccessat:269 pselect6:270 ppoll:271 unshare:272 set_robust_list:273
get_robust_list:274 epoll_pwait:281 timerfd_create:283 eventfd:284 fallocate:285 timerfd_settime:286
timerfd_gettime:287 eventfd2:290 epoll_create1:291 dup3:292 pipe2:293 preadv:295 pwritev:296
prlimit64:302 setns:308 getcpu:309 renameat2:316 seccomp:317 getrandom:318 membarrier:324 preadv2:327
pwritev2:328 statx:332 rseq:334 clone3:435 close_range:436
openat2:437 faccessat2:439
"""

_AARCH64 = """
getcwd:17 eventfd2:19 epoll_create1:20 epoll_ctl:21 epoll_pwait:22 dup:23 dup3:24 fcntl:25 ioctl:29
flock:32 mkdirat:34 unlinkat:35 symlinkat:36 renameat:38 statfs:43 fstatfs:44 truncate:45 ftruncate:46
fallocate:47 faccessat:48 chdir:49 fchdir:50 openat:56 close:57 pipe2:59 getdents64:61 lseek:62 read:63
write:64 readv:65 writev:66 pread64:67 pwrite64:68 preadv:69 pwritev:70 pselect6:72 ppoll:73
readlinkat:78 newfstatat:79 fstat:80 fsync:82 fdatasync:83 timerfd_create:85 timerfd_settime:86
timerfd_gettime:87 capset:91 exit:93 exit_group:94 waitid:95 set_tid_address:96 unshare:97 futex:98
set_robust_list:99 get_robust_list:100 nanosleep:101 getitimer:102 setitimer:103 clock_gettime:113
clock_getres:114 clock_nanosleep:115 sched_getscheduler:120 sched_getparam:121 sched_setaffinity:122 sched_getaffinity:123
sched_yield:124 restart_syscall:128 kill:129 tgkill:131 sigaltstack:132 rt_sigsuspend:133
rt_sigaction:134 rt_sigprocmask:135 rt_sigpending:136 rt_sigtimedwait:137 rt_sigreturn:139
getpriority:141 getresuid:148 getresgid:150 times:153 getpgid:155 getsid:156 setsid:157 getgroups:158
uname:160 getrlimit:163 setrlimit:164 getrusage:165 umask:166 prctl:167 getcpu:168 gettimeofday:169
getpid:172 getppid:173 getuid:174 geteuid:175 getgid:176 getegid:177 gettid:178 sysinfo:179
socketpair:199 getsockname:204 getpeername:205 sendto:206 recvfrom:207 setsockopt:208 getsockopt:209
shutdown:210 sendmsg:211 recvmsg:212 brk:214 munmap:215 mremap:216 clone:220 mmap:222 fadvise64:223
mprotect:226 msync:227 madvise:233 wait4:260 prlimit64:261 setns:268 renameat2:276
seccomp:277 getrandom:278 membarrier:283 preadv2:286 pwritev2:287 statx:291 rseq:293
clone3:435 close_range:436 openat2:437 faccessat2:439
"""


def _table(text: str) -> dict[str, int]:
    return {name: int(number) for name, _, number in (word.partition(":") for word in text.split())}


TABLES = {"x86_64": _table(_X86_64), "aarch64": _table(_AARCH64)}
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
