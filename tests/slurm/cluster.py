"""A real Slurm of one node, of the unpacked packages that SLURM_ROOT names; `make test-slurm` fetches them."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CONF = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/none
CredType=cred/none
PluginDir={plugins}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/builtin
SelectType=select/linear
MpiDefault=none
ReturnToService=2
KillWait=30
MinJobAge=300
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


@dataclass(frozen=True)
class Cluster:
    """A cluster that is up, and the environment in which its commands find it."""

    environment: dict[str, str]

    def run(self, *command: str) -> str:
        """What a command of Slurm says."""
        path = shutil.which(command[0], path=self.environment["PATH"])
        told = subprocess.run(
            [path, *command[1:]], env=self.environment, capture_output=True, text=True, timeout=60, check=True
        )
        return told.stdout


@contextmanager
def running(root: Path, folder: Path) -> Iterator[Cluster]:
    """A controller and a node; both end with the test."""
    libraries = root / "usr/lib/x86_64-linux-gnu"
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    conf = folder / "slurm.conf"
    given = {"host": socket.gethostname(), "user": getpass.getuser(), "folder": folder}
    ports = {"controller_port": free_port(), "node_port": free_port()}
    conf.write_text(CONF.format(**given, **ports, plugins=libraries / "slurm-wlm"))
    paths = [libraries, libraries / "slurm-wlm", root / "lib/x86_64-linux-gnu"]
    environment = os.environ | {
        "SLURM_CONF": str(conf),
        "LD_LIBRARY_PATH": ":".join(map(str, paths)),
        "PATH": f"{root / 'usr/bin'}:{os.environ['PATH']}",
    }
    programs = root / "usr/sbin"
    commands = (
        [programs / "slurmctld-wlm", "-D"],
        [programs / "slurmd-wlm", "-D", "-d", programs / "slurmstepd-wlm"],
    )
    started = []
    try:
        for command in commands:
            with (folder / f"{Path(command[0]).name}.out").open("wb") as out:
                started.append(subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT))
            time.sleep(1)
        cluster = Cluster(environment)
        wait_until_idle(cluster)
        yield cluster
        cluster.run("scancel", "--user", given["user"])
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(30)


def wait_until_idle(cluster: Cluster) -> None:
    """Return when the node takes jobs."""
    deadline = time.monotonic() + 60
    while "idle" not in cluster.run("sinfo", "--noheader", "--format=%T"):
        assert time.monotonic() < deadline, "the node did not come up"
        time.sleep(0.5)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
