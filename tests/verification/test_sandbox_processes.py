"""The sandbox's processes: threads, forks, deaths, leaks, and machines that protect less."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from qftapp.verification.sandbox import Call, Job, Limits, layers, pool, run, run_many, seccomp, warm_up

PROJECT = Path(__file__).resolve().parents[2]
SOURCE = "def f(x):\n    return 2 * x"


def double(x: int) -> object:
    return run(SOURCE, "f", [Call((x,))]).results[0].value


def zygotes(process: int | None = None) -> list[psutil.Process]:
    children = psutil.Process(process).children()
    return [child for child in children if any("sandbox.zygote" in word for word in child.cmdline())]


def eventually(is_so, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_so()


@pytest.fixture(autouse=True)
def no_twin():
    """Count the usual zygote alone."""
    pool._pools.twin.close()
    yield
    pool._pools.twin.close()


def test_layers_are_reported_and_nothing_is_missing_here():
    assert warm_up() == ""
    assert layers()[:3] == ("resource limits", "no new privileges", "no capabilities")
    assert layers()[-1].startswith("seccomp allow-list")


def test_eight_threads_share_one_zygote():
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(double, range(40))) == [2 * x for x in range(40)]
    assert len(zygotes()) == 1


def test_slow_run_does_not_hold_up_a_quick_one():
    slow = threading.Thread(
        target=run, args=("def f():\n    while True: pass", "f", [Call(())]), kwargs={"limits": Limits(seconds=1.5)}
    )
    slow.start()
    assert double(3) == 6
    assert slow.is_alive()
    slow.join()


def test_killed_zygote_is_replaced():
    double(1)
    (zygote,) = zygotes()
    zygote.kill()
    assert double(2) == 4
    assert [process.pid for process in zygotes()] != [zygote.pid]
    assert not zygote.is_running()


def test_zygote_killed_under_a_run_is_replaced_and_the_run_repeated():
    double(1)
    (zygote,) = zygotes()
    source = "import time\ndef f():\n    time.sleep(0.5)\n    return 5"
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(run, source, "f", [Call(())])
        assert eventually(lambda: zygote.children() != [])
        (child,) = zygote.children()
        zygote.kill()
        assert running.result().results[0].value == 5
    assert eventually(lambda: not child.is_running())


def test_stopped_zygote_is_replaced():
    double(1)
    (zygote,) = zygotes()
    zygote.send_signal(signal.SIGSTOP)
    assert run(SOURCE, "f", [Call((4,))], limits=Limits(seconds=0.5)).results[0].value == 8
    assert not zygote.is_running()


def test_many_runs_leave_no_process_and_no_descriptor():
    double(1)
    (zygote,) = zygotes()
    before = psutil.Process().num_fds()
    for x in range(30):
        assert double(x) == 2 * x
    run("def f():\n    while True: pass", "f", [Call(())], limits=Limits(seconds=0.2))
    assert psutil.Process().num_fds() == before
    assert eventually(lambda: zygote.children() == [])
    assert zygotes() == [zygote]


def test_candidate_is_dead_when_its_run_has_timed_out():
    double(1)
    (zygote,) = zygotes()
    assert run("def f():\n    while True: pass", "f", [Call(())], limits=Limits(seconds=0.2)).status == "timeout"
    assert zygote.children() == []


def test_twin_orders_a_set_of_texts_in_its_own_way():
    job = Job("def f():\n    return ''.join({str(n) for n in range(50)})", "f", [Call(())])
    orders = {run_many([job], in_twin=in_twin)[0].results[0].value for in_twin in (False, False, True, True)}
    assert len(orders) == 2
    assert len(zygotes()) == 2


def test_process_forked_after_use_gets_a_zygote_of_its_own():
    double(1)
    (ours,) = zygotes()
    child = os.fork()
    if child == 0:
        try:
            right = double(21) == 42 and [process.pid for process in zygotes()] != [ours.pid]
            os._exit(0 if right else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert double(4) == 8
    assert zygotes() == [ours]


def start(code: str, *, prefix: tuple[str, ...] = (), **environment: str) -> subprocess.Popen:
    words = [*prefix, sys.executable, "-c", code]
    return subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, text=True, env=os.environ | environment)


def answer(code: str, **options) -> list[str]:
    with start(code, **options) as process:
        return process.communicate(timeout=120)[0].splitlines()


def test_zygote_ends_with_a_killed_parent():
    code = "import time; from qftapp.verification.sandbox import warm_up as w; print([w()], flush=True); time.sleep(60)"
    with start(code) as process:
        assert process.stdout.readline() == "['']\n"
        (zygote,) = zygotes(process.pid)
        process.kill()
    assert eventually(lambda: not zygote.is_running())


def test_zygote_ends_with_its_interpreter():
    code = (
        "import psutil\nfrom qftapp.verification.sandbox import warm_up\nwarm_up()\n"
        "print(psutil.Process().children()[0].pid)"
    )
    (pid,) = answer(code)
    assert not psutil.pid_exists(int(pid))


def test_zygote_has_neither_secrets_nor_descriptors_of_its_parent():
    double(1)
    (zygote,) = zygotes()
    if os.geteuid() != 0:
        pytest.skip("the zygote hides itself even from its own user")
    expected = {"LANG", "LC_CTYPE", "LD_LIBRARY_PATH", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
    assert set(zygote.environ()) <= expected
    assert eventually(lambda: zygote.num_fds() == 5)  # three times /dev/null, the control socket, the Landlock rules
    assert zygote.num_threads() == 1


def test_child_that_cannot_be_watched_is_not_left_alive():
    code = (
        f"{WITHOUT}\nimport psutil\nfrom qftapp.verification.sandbox.client import Zygote, ZygoteError\n"
        "refuse(434)\n"  # pidfd_open
        "zygote = Zygote()\n"
        "try:\n    zygote.execute(b'{}', seconds=5, result_bytes=1)\n"
        "except ZygoteError as error:\n    print(error)\n"
        "print(psutil.Process().children()[0].children())\n"
    )
    message, left = answer(code)
    assert message.startswith("no process could be started for the answer: ")
    assert left == "[]"


# Answers ENOSYS to a system call, as a kernel without it would, then lets the sandbox report.
WITHOUT = """
import struct
from errno import ENOSYS
from qftapp.verification.sandbox import Call, layers, linux, run, seccomp, warm_up
def refuse(*numbers):
    code = [(0x20, 0, 0, 0)]
    for number in numbers:
        code += [(0x15, 0, 1, number), (0x06, 0, 0, 0x50000 | ENOSYS)]
    code.append((0x06, 0, 0, 0x7FFF0000))
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install(linux.machine(), b"".join(struct.pack("=HBBI", *line) for line in code))
def say(source):
    execution = run(source, "f", [Call(())])
    print(execution.status, execution.results[0].value, execution.message)
"""
NO_LANDLOCK = f"{WITHOUT}\nrefuse(444, 445, 446)\nprint(layers()[-1])\n"
NO_SECCOMP = f"{WITHOUT}\nrefuse(seccomp._SECCOMP[linux.machine()])\nprint(bool(warm_up()), layers())\n"


def test_without_landlock_no_file_can_be_opened_at_all():
    code = (
        f"{NO_LANDLOCK}"
        "say('def f(): return open(\"/etc/passwd\").read()')\n"
        "say('import os\\ndef f(): return open(os.__file__).read()')\n"
        "say('import os\\ndef f(): return os.listdir(os.path.dirname(os.__file__))')\n"
        "say('import os\\ndef f(): return os.stat(\"/etc/passwd\").st_size')\n"
        "say('import socket\\ndef f(): return socket.socket(socket.AF_UNIX)')\n"
    )
    assert answer(code) == [
        "seccomp allow-list: no file may be opened",
        "refused None tried to open a file: not allowed (line 1)",
        "refused None tried to open a file: not allowed (line 2)",
        "refused None tried to list a folder: not allowed (line 2)",
        "refused None tried to use the system: not allowed (line 2)",
        "refused None tried to use the network: not allowed (line 2)",
    ]


def test_without_landlock_the_libraries_still_work():
    code = (
        f"{NO_LANDLOCK}"
        "say('import sympy as s\\nx = s.Symbol(\"x\")\\ndef f(): return s.integrate(s.exp(-x), (x, 0, s.oo))')\n"
        "say('import sympy as s\\nx = s.Symbol(\"x\")\\ndef f(): return s.solve(x**2 - 4, x)')\n"
        "say('import scipy.integrate as i\\ndef f(): return round(i.quad(lambda x: x, 0, 2)[0], 9)')\n"
        "say('import mpmath\\ndef f(): return float(mpmath.zeta(2)) > 1.64')\n"
        "say('import torch\\ndef f(): return 1')\n"
    )
    assert answer(code)[1:] == [
        "ok 1 ",
        "ok [-2, 2] ",
        "ok 2.0 ",
        "ok True ",
        "error None ModuleNotFoundError: No module named 'torch' (line 1)",
    ]


def test_without_seccomp_nothing_is_run():
    usable, outcome = answer(f"{NO_SECCOMP}say('def f(): return 1')")
    assert usable == "True ()"
    assert outcome.startswith("unavailable None Python answers cannot be run safely here: this kernel refuses")


def test_without_seccomp_the_unsafe_flag_runs_and_says_so():
    lines = answer(f"{NO_SECCOMP}say('def f(): return 1')", QFT_SANDBOX_UNSAFE="1")
    assert lines == ["False ('resource limits',)", "ok 1 "]


def test_unsafe_flag_takes_nothing_away_where_the_machine_protects():
    code = f"{WITHOUT}print(layers()[-1][:7])\nsay('def f(): return open(\"/etc/passwd\")')"
    assert answer(code, QFT_SANDBOX_UNSAFE="1") == [
        "seccomp",
        "refused None tried to open a file: not allowed (line 1)",
    ]


def test_ordinary_user_is_protected_alike():
    prefix = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if os.geteuid() != 0:
        pytest.skip("all these tests run as an ordinary user already")
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("no user namespaces")
    code = (
        f"{WITHOUT}print(len(layers()))\n"
        "say('import os\\ndef f(): return os.getuid()')\n"
        "say('def f(): return open(\"/etc/passwd\")')\n"
    )
    assert answer(code, prefix=prefix) == [
        str(len(layers())),
        "ok 1000 ",
        "refused None tried to open a file: not allowed (line 1)",
    ]


@pytest.mark.parametrize(
    ("column", "header"),
    [(0, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), (1, "/usr/include/asm-generic/unistd.h")],
)
def test_system_call_numbers_are_those_of_the_kernel_headers(column, header):
    if not Path(header).exists():
        pytest.skip("no kernel headers")
    lines = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", Path(header).read_text())
    numbers = {name: int(number) for name, number in reversed(lines)}
    known = {name: pair[column] for name, pair in (seccomp._ALWAYS | seccomp._ONLY_SOMETIMES).items()}
    names = {"newfstatat": "fstatat"} if column else {}
    assert {name: numbers[names.get(name, name)] for name in known} == known
