"""What a hostile candidate tries, and that it is denied: each attack runs for real and is seen to fail."""

import os
import socket
from pathlib import Path

import pytest

from qftapp.verification.sandbox import Call, Execution, Limits, layers, run

PATIENT = Limits(seconds=60.0, memory_bytes=256 * 1024 * 1024, result_bytes=1024 * 1024)
QUICK = Limits(seconds=1.0)

# System calls made past the interpreter; the answer is the pair (result, errno).
RAW = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def raw(name, *arguments):
    ctypes.set_errno(0)
    result = getattr(libc, name)(*arguments)
    return (result, ctypes.get_errno())
"""


def attack(source: str, limits: Limits = PATIENT) -> Execution:
    return run(source, "f", [Call(())], limits=limits)


def body(text: str) -> str:
    return "import os, socket, subprocess, signal, threading, sys\ndef f():\n    " + text.replace("\n", "\n    ")


@pytest.fixture(scope="module", autouse=True)
def _everything_protects():
    assert layers()[-1].startswith("seccomp allow-list"), "these tests need a kernel with seccomp"


@pytest.mark.parametrize(
    ("text", "attempt"),
    [
        ("return open('/etc/passwd').read()", "open a file"),
        ("return open(f'/proc/{os.getppid()}/environ').read()", "open a file"),
        ("return open(f'/proc/{os.getppid()}/mem', 'rb').read(1)", "open a file"),
        ("return open('/proc/self/environ').read()", "open a file"),
        ("return open('/proc/self/root/etc/passwd').read()", "open a file"),
        ("return open(os.path.dirname(os.__file__) + '/../../../../../../../etc/passwd').read()", "open a file"),
        ("return open('/tmp/qft-attack', 'w').write('x')", "open a file"),
        ("return open(os.__file__, 'a').write('x')", "open a file"),
        ("return open('/dev/shm/qft-attack', 'w').write('x')", "open a file"),
        ("import _posixshmem\nreturn _posixshmem.shm_open('/qft-attack', os.O_CREAT | os.O_RDWR)", ""),
        ("return os.open('/etc/passwd', os.O_PATH)", "open a file"),
        ("return os.memfd_create('x')", ""),
        ("return os.listdir('/')", "list a folder"),
        ("return os.symlink('/etc/passwd', '/tmp/qft-attack')", "make a link"),
        ("return os.readlink('/proc/self/exe')", ""),
        ("return os.mkdir('/tmp/qft-attack')", "make a folder"),
        ("return os.remove('/tmp/qft-attack')", "remove a file"),
        ("return os.chmod('/tmp', 0o777)", "change a file"),
        ("return os.chdir('/tmp')", "change the folder"),
        ("return socket.create_connection(('127.0.0.1', 80), 1)", ""),
        ("return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", "use the network"),
        ("return socket.socket(socket.AF_UNIX)", "use the network"),
        ("return socket.socketpair()", ""),
        ("return os.fork()", "start a process"),
        ("return os.posix_spawn('/bin/sh', ['sh'], {})", "start a process"),
        ("return os.execv('/bin/sh', ['sh'])", "start a process"),
        ("return subprocess.run(['/bin/echo'])", ""),
        ("return subprocess.Popen(['/bin/echo'], close_fds=False)", ""),
        ("return os.kill(os.getppid(), 9)", "send a signal"),
        ("return os.kill(1, 0)", "send a signal"),
        ("return os.killpg(0, 9)", "send a signal"),
        ("return signal.signal(signal.SIGTERM, signal.SIG_IGN)", ""),
        ("return signal.signal(signal.SIGXCPU, lambda *a: None)", ""),
        ("return signal.setitimer(signal.ITIMER_REAL, 1)", ""),
        ("threading.Thread(target=print).start()", "start a thread"),
        ("import resource\nreturn resource.prlimit(os.getppid(), resource.RLIMIT_CPU)", "change a limit"),
        ("return os.setuid(1)", ""),
        ("return os.setsid()", ""),
        ("return os.nice(5)", ""),
        ("return os.pipe()", ""),
        ("return os.dup(1)", ""),
        ("return os.pidfd_open(os.getppid())", ""),
        ("return os.sched_setaffinity(0, [0])", ""),
        ("raise PermissionError(1, 'pretended')", ""),
    ],
)
def test_attempt_is_refused_and_named(text, attempt):
    execution = attack(body(text))
    assert execution.status == "refused"
    assert execution.results[0].value is None
    assert execution.message.startswith(f"tried to {attempt}")
    assert "not allowed" in execution.message


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("raw('ptrace', 16, os.getppid(), 0, 0)", "attach to the parent"),
        ("raw('process_vm_readv', os.getppid(), None, 0, None, 0, 0)", "read the parent's memory"),
        ("raw('fork')", "fork"),
        ("raw('vfork')", "fork"),
        ("raw('kill', os.getppid(), 9)", "kill"),
        ("raw('execve', b'/bin/sh', None, None)", "execute"),
        ("raw('open', b'/etc/passwd', 0)", "open"),
        ("raw('creat', b'/tmp/qft-attack', 0o600)", "create"),
        ("raw('socket', 1, 1, 0)", "socket"),
        ("raw('connect', 0, None, 0)", "connect"),
        ("raw('mount', None, b'/', None, 0, None)", "mount"),
        ("raw('unshare', 0x10000000)", "new user namespace"),
        ("raw('chroot', b'/')", "change the root"),
        ("raw('prctl', 4, 1, 0, 0, 0)", "become dumpable"),
        ("raw('prctl', 1, 0, 0, 0, 0)", "survive the parent"),
        ("raw('syscall', 425, 1, None)", "io_uring"),
        ("raw('syscall', 321, 0, None, 0)", "bpf or its neighbour"),
        ("raw('syscall', 435, None, 0)", "clone3"),
        ("raw('syscall', 437, -100, b'/etc/passwd', None, 0)", "openat2"),
        ("raw('syscall', 438, 3, 0, 0)", "take a descriptor of another process"),
        ("raw('syscall', 317, 1, 0, None)", "another seccomp filter"),
        ("raw('ftruncate', 3, 1 << 40)", "grow a file"),
        ("raw('setrlimit', 9, b'\\xff' * 16)", "raise a limit"),
        ("raw('ioctl', 0, 0x5412, b'x')", "type into a terminal"),
    ],
)
def test_system_call_past_the_interpreter_is_denied(call, reason):
    result, error = attack(f"{RAW}def f():\n    return {call}").results[0].value
    assert (result, error in (1, 13)) == (-1, True), reason


def test_other_instruction_sets_are_no_way_out():
    machine_code = (
        "import ctypes, mmap\n"
        "def f():\n"
        "    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)\n"
        "    page.write(bytes.fromhex('b802000000cd80c3'))\n"  # mov eax, 2 (fork of i386); int 0x80; ret
        "    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()\n"
    )
    if os.uname().machine != "x86_64":
        pytest.skip("machine code of x86-64")
    execution = attack(machine_code)
    assert execution.status in ("refused", "error")
    assert execution.results[0].value is None


@pytest.mark.parametrize(
    "text",
    [
        "while True: pass",
        "import time\ntime.sleep(60)",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "return 10 ** 10 ** 9 % 7",
        "import re\nreturn bool(re.match('(a+)+b', 'a' * 64))",
    ],
)
def test_endless_work_is_ended(text):
    execution = attack(body(text), QUICK)
    assert (execution.status, execution.message) == ("timeout", "did not finish within 1 s")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("return len('x' * 10**9)", "memory"),
        ("x = [0]\nwhile True: x = x + x", "memory"),
        ("import numpy\nreturn numpy.ones(10**9).sum()", "memory"),
        ("def g(): return g()\nreturn g()", "ok"),
        ("sys.setrecursionlimit(10**9)\ndef g():\n    return g()\nreturn g()", "memory"),
        ("sys.setrecursionlimit(10**9)\ndef g():\n    x = [0] * 10**3\n    return g()\nreturn g()", "memory"),
        ("sys.setrecursionlimit(10**9)\ndef g():\n    x = [0] * 10**4\n    return g()\nreturn g()", "memory"),
        ("sys.setrecursionlimit(10**9)\nclass A:\n    def __eq__(self, o): return A() == o\nreturn A() == 1", "error"),
        ("import ctypes\nreturn ctypes.string_at(0)", "error"),
        ("os._exit(0)", "error"),
        ("os.abort()", "error"),
        ("raise SystemExit", "ok"),
        ("raise KeyboardInterrupt", "ok"),
        ("for fd in range(64):\n    try: os.close(fd)\n    except OSError: pass\nreturn 1", "error"),
    ],
)
def test_exhaustion_and_suicide_end_in_their_status(text, status):
    execution = attack(body(text))
    assert execution.status == status
    assert execution.results[0].value is None
    assert execution.results[0].error


def test_exception_whose_text_cannot_be_told_is_still_an_error():
    text = "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E"
    assert attack(body(text)).results[0].error == "E (line 5)"


def test_garbage_on_the_result_file_is_an_error():
    for written in ("b'garbage\\n'", "b'[' * 100000 + b'\\n'", 'b\'{"job": 5, "end": "ok"}\\n\'', "bytes(range(256))"):
        text = f"for fd in range(3, 64):\n    try: os.write(fd, {written})\n    except OSError: pass\nreturn 1"
        execution = attack(body(text))
        assert (execution.status, execution.results[0].value) == ("error", None)


def test_megabytes_on_the_result_file_are_cut_short():
    text = "while True: os.write(fd, b'x' * 100000)"
    execution = attack(body(f"for fd in range(3, 64):\n    try:\n        {text}\n    except OSError: pass\nreturn 1"))
    assert (execution.status, execution.results[0].value) == ("error", None)


def test_results_beyond_the_limit_are_refused_one_by_one():
    execution = run("def f(x):\n    return [0.1234567] * 9999", "f", [Call((1,))] * 40, limits=PATIENT)
    errors = [result.error for result in execution.results]
    assert execution.status == "ok"
    assert (errors[0], errors[-1]) == (None, "the results take more room than allowed")


def test_only_the_result_file_is_open():
    text = (
        "found = 0\nfor fd in range(64):\n    try: found += bool(os.fstat(fd))\n    except OSError: pass\nreturn found"
    )
    assert attack(body(text)).results[0].value == 4


def test_secrets_of_the_environment_are_not_there(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://user:secret@host/db")
    names = attack(body("return sorted(os.environ)")).results[0].value
    threads = {"MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
    assert set(names) - {"LD_LIBRARY_PATH", "LC_CTYPE"} == {"LANG"} | threads


def test_nothing_of_the_application_is_loaded_or_importable():
    text = (
        "loaded = sorted({name.partition('.')[0] for name in sys.modules} & {'qftapp', 'django', 'psycopg'})\n"
        "try:\n    import qftapp\nexcept ImportError:\n    return loaded"
    )
    assert attack(body(text)).results[0].value == []


def test_frames_and_memory_hold_no_other_job():
    run("SENTINEL = 'the-expected-value'\ndef f():\n    return SENTINEL", "f", [Call(())])
    text = (
        "import gc\nframe, words = sys._getframe(), []\n"
        "while frame:\n    words += [repr(v)[:2000] for v in frame.f_locals.values()]\n    frame = frame.f_back\n"
        "words += [repr(o) for o in gc.get_objects() if isinstance(o, dict) and 'SENTINEL' in o]\n"
        "return any('expected-value' in w for w in words if 'words' not in w)"
    )
    assert attack(body(text)).results[0].value is False


def test_attacks_leave_no_file_and_no_connection(tmp_path):
    path = tmp_path / "postgres.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        execution = attack(body(f"s = socket.socket(socket.AF_UNIX)\ns.connect({str(path)!r})"))
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
    assert execution.status == "refused"
    assert not [name for name in ("/tmp/qft-attack", "/dev/shm/qft-attack") if Path(name).exists()]


def test_caught_refusal_has_done_nothing():
    text = "try: open('/tmp/qft-attack', 'w')\nexcept OSError: pass\nos.system('touch /tmp/qft-attack')\nreturn 1"
    assert attack(body(text)).results[0].value == 1
    assert not Path("/tmp/qft-attack").exists()


def test_next_run_is_untouched_by_the_last():
    attack("import math, builtins\nmath.pi = 3\nbuiltins.len = None\ndef f():\n    return 1")
    assert attack("import math\ndef f():\n    return (len('ab'), math.pi > 3.1)").results[0].value == (2, True)
