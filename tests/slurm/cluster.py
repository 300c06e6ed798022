"""A real Slurm on this machine: private folders, loopback only, no database, two nodes."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PROGRAMS = ("munged", "munge", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel")
# Debian keeps the daemons outside a user's PATH.
SEARCH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
NODES = ("n1", "n2")
CONFIG = """\
ClusterName=sandbox
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPort={ports[0]}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
MinJobAge=300
KillWait=3
MailProg=/bin/true
AccountingStorageType=accounting_storage/none
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2 RealMemory=16000
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2 RealMemory=16000
PartitionName=short Nodes=ALL Default=YES MaxTime=600 DefMemPerCPU=500
"""


def missing_programs() -> list[str]:
    """Return which of Slurm's and munge's programs are not installed."""
    return [name for name in PROGRAMS if shutil.which(name, path=SEARCH) is None]


def wait_for(done: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Return once it is done; fail after so many seconds."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


@dataclass
class Cluster:
    """Daemons that this object started and ends."""

    folder: Path
    daemons: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to talk to this Slurm and to no other."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("SLURM")},
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{SEARCH}",
        }

    def start(self) -> None:
        """Start munged, slurmctld and two slurmd; return when both nodes are idle."""
        self.folder.chmod(0o755)  # munged refuses a folder that others may write to
        for name in ("bin", "state", *(f"spool.{node}" for node in NODES)):
            (self.folder / name).mkdir()
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o600)
        (self.folder / "slurm.conf").write_text(
            CONFIG.format(
                host=socket.gethostname().split(".")[0],
                user=pwd.getpwuid(os.getuid()).pw_name,
                folder=self.folder,
                ports=free_ports(1 + len(NODES)),
            )
        )
        # The jobstep plugin takes SLURM_CONF away before its inner srun: this gives it back.
        wrapper = self.folder / "bin" / "srun"
        program = shutil.which("srun", path=SEARCH)
        wrapper.write_text(f'#!/bin/sh\nSLURM_CONF={self.folder}/slurm.conf exec {program} "$@"\n')
        wrapper.chmod(0o755)
        self._spawn(
            "munged",
            "--foreground",
            "--force",
            f"--key-file={key}",
            f"--socket={self.folder}/munge.socket",
            f"--pid-file={self.folder}/munged.pid",
            f"--log-file={self.folder}/munged.log",
            f"--seed-file={self.folder}/munge.seed",
        )
        wait_for((self.folder / "munge.socket").exists, "munged")
        self._spawn("slurmctld", "-D", "-c")
        for node in NODES:
            self._spawn("slurmd", "-D", "-N", node)
        wait_for(lambda: self.states().count("idle") == len(NODES), "two idle nodes")

    def _spawn(self, program: str, *arguments: str) -> None:
        path = shutil.which(program, path=SEARCH)
        assert path, program
        with (self.folder / f"{program}.out").open("ab") as out:
            self.daemons.append(
                subprocess.Popen([path, *arguments], stdout=out, stderr=out, env=self.environment)
            )

    def stop(self) -> None:
        """Cancel what runs and end every daemon that was started, each by its process id."""
        try:
            self.call("scancel", "--user", pwd.getpwuid(os.getuid()).pw_name, ok=False)
            wait_for(lambda: not self.jobs(), "an empty queue")
        finally:  # also where the controller never came up
            for daemon in reversed(self.daemons):
                daemon.terminate()
            for daemon in reversed(self.daemons):
                try:
                    daemon.wait(10)
                except subprocess.TimeoutExpired:
                    daemon.kill()
                    daemon.wait()

    def call(self, *command: str, ok: bool = True) -> str:
        """Run one of Slurm's commands; return what it printed."""
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment)
        assert done.returncode == 0 or not ok, done.stderr
        return done.stdout.strip()

    def states(self) -> list[str]:
        """Return the state of every node."""
        return self.call("sinfo", "-h", "-N", "-o", "%t", ok=False).split()

    def jobs(self, states: str = "RUNNING,PENDING,COMPLETING") -> list[tuple[str, str, str]]:
        """Return id, node and comment of the jobs in the queue."""
        lines = self.call("squeue", "-h", "-t", states, "-o", "%i|%N|%k").splitlines()
        return [(job, node, comment) for job, node, comment in (row.split("|") for row in lines)]
