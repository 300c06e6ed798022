"""Why a run failed: the failed jobs of Snakemake's log, each with its cause and the mend."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

TAIL = 15
LEFT_OPEN = "started"
STAMP = re.compile(r"^\[\w{3} \w{3} +\d+ [\d:]+ \d{4}\]$")

# The first pattern found in a job's logs, in capitals or not, names the cause. Slurm shows a job
# killed for its memory as FAILED; only the job's own Slurm log tells: "exceeded memory limit" from
# the accounting plugin, "oom-kill", "Out Of Memory" or "out-of-memory" from control groups. LSF
# writes TERM_MEMLIMIT and TERM_RUNLIMIT.
CAUSES = (
    (
        r"exceeded memory limit|oom.?kill|out.of.memory|TERM_MEMLIMIT|\bMemoryError\b"
        r"|Unable to allocate \d|std::bad_alloc",
        "out of memory",
        "each retry asks for twice as much: raise --retries, or give the rule more with "
        "--set-resources {rule}:mem_mb=MB",
    ),
    (
        r"DUE TO TIME LIMIT|TERM_RUNLIMIT|SLURM status is: 'TIMEOUT'",
        "out of time",
        "each retry asks for twice as long: raise --retries, or give the rule more with "
        "--set-resources {rule}:runtime=MINUTES",
    ),
    (
        r"DUE TO NODE FAILURE|SLURM status is: 'NODE_FAIL'|'BOOT_FAIL'",
        "the node failed",
        "run the same command again: finished jobs are kept",
    ),
    (
        r"DUE TO PREEMPTION|'PREEMPTED'",
        "preempted by another job",
        "run the same command again: finished jobs are kept",
    ),
    (
        r"CANCELLED AT|SLURM status is: 'CANCELLED'",
        "cancelled",
        "run the same command again: finished jobs are kept",
    ),
    (
        r"No space left on device|Disk quota exceeded",
        "the disk is full",
        "make room under the results' folder and run the same command again",
    ),
    (
        r"Missing files after \d+ seconds|MissingOutputException",
        "the output was not seen in time",
        "a slow shared file system: raise --latency-wait",
    ),
    (
        r"sbatch failed|submission failed|Batch job submission failed",
        "Slurm refused the job",
        "set slurm_account and slurm_partition under default-resources in the profile",
    ),
    (
        r"\d+ faults? in the input",
        "a fault in the input",
        "mend what is named above and run the same command again",
    ),
    (
        r"died with <Signals.SIGKILL|exit status 137|exit status -9|\bKilled\b",
        "killed from outside, most often for lack of memory",
        "run with fewer --cores, or limit all jobs together with --resources mem_mb=MB",
    ),
    (
        r"died with <Signals.SIG(INT|TERM)",
        "interrupted, by hand or at the end of the allocation's time",
        "run the same command again: finished jobs are kept",
    ),
    (
        r"ModuleNotFoundError|ImportError",
        "a package is missing on the node that ran the job",
        "start Snakemake from an environment that all nodes see, or use --sdm conda",
    ),
)
UNKNOWN = (
    "an error of its own",
    "the log's last line names it; the same command starts again here",
)
STOPPED = "Interrupted; no job failed. The same command goes on from here."


@dataclass
class Failure:
    """A job that failed and did not succeed later."""

    rule: str
    logs: list[str] = field(default_factory=list)
    outputs: str = ""
    message: str = ""
    attempts: int = 1

    @property
    def place(self) -> str:
        """The contrast, the cohort, or nothing, from the job's own files."""
        for path in (*self.logs, self.outputs):
            if found := re.search(r"(?:^|/)contrasts/([^/]+)/", path):
                return f"contrast {found[1]}"
            if re.search(r"(?:^|/)cohort/", path):
                return "all samples"
        return ""


def find_failures(text: str) -> list[Failure]:
    """Return the jobs that failed for good, in the order of Snakemake's log.

    Parameters
    ----------
    text
        Snakemake's log. A job that failed and succeeded when retried is no failure.
    """
    failures: dict[str, Failure] = {}
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if done := re.match(r"Finished jobid: (\d+)", line):
            failures.pop(done[1], None)
        elif start := re.match(r"Error in rule (\w+)", line):
            failure = Failure(start[1])
            job = str(number)
            for entry in lines[number + 1 :]:
                pair = re.match(r"    (\w+): (.*)", entry)
                if pair is None:
                    if not entry.startswith(" "):
                        break
                    continue
                name, value = pair[1], pair[2].split(" (check log file(s)")[0]
                if name == "jobid":
                    job = value
                elif name == "log":
                    # Joined by a comma and a space, which a folder's name may hold too.
                    failure.logs += re.split(r"(?<=\.log), ", value)
                elif name == "output":
                    failure.outputs = value
                elif name == "message" and value != "None":
                    failure.message = value
            # What came just before belongs to it: the exception, with the exit status.
            before = []
            for entry in reversed(lines[:number]):
                if re.match(r"Finished jobid|Error in rule|Select jobs|\s+resources:", entry):
                    break
                before.append(entry)
            failure.message = "\n".join([*reversed(before), failure.message]).strip()
            failure.attempts = failures[job].attempts + 1 if job in failures else 1
            failures[job] = failure
    return list(failures.values())


def explain_failure(failure: Failure, texts: Sequence[str]) -> tuple[str, str]:
    """Return the cause of a failure and what to do about it.

    Parameters
    ----------
    texts
        What stands in the job's logs, the rule's own and the cluster's.
    """
    everything = "\n".join([*texts, failure.message])
    for pattern, cause, mend in CAUSES:
        if re.search(pattern, everything, re.IGNORECASE):
            return cause, mend.format(rule=failure.rule)
    return UNKNOWN


def tell_failures(logs: Sequence[str | Path], folder: str | Path = ".") -> str:
    """Return, for each failed job, rule and contrast, cause, mend and the end of its log.

    Parameters
    ----------
    logs
        Snakemake's log of the run, as its handlers get it: a list of files.
    folder
        Working directory of the run.
    """
    text = "\n".join(Path(log).read_text(encoding="utf-8", errors="replace") for log in logs)
    failures = find_failures(text)
    parts = []
    for failure in failures:
        texts = [read_end(Path(folder) / path) for path in failure.logs]
        cause, mend = explain_failure(failure, texts)
        times = f", {failure.attempts} attempts" if failure.attempts > 1 else ""
        place = f" of {failure.place}" if failure.place else ""
        lines = [f"FAILED: {failure.rule}{place}: {cause}{times}"]
        # The rule's own log says most; where it was cut short, the cluster's does.
        said = [
            (path, text)
            for path, text in zip(failure.logs, texts, strict=True)
            if text and text != LEFT_OPEN
        ]
        if said:
            end = said[0][1].splitlines()
            # Around Slurm's own words a cluster's log holds what two Snakemakes said.
            words = [line for line in end if re.match(r"slurmstepd|srun: error", line)]
            lines += [f"    | {line}" for line in (words or end)[-TAIL:]]
        lines += [f"  log: {path}" for path, _ in said or [(p, "") for p in failure.logs]]
        parts.append("\n".join([*lines, f"  To mend: {mend}."]))
    if not parts:
        return STOPPED if "Terminating processes on user request" in text else ""
    count = f"{len(parts)} job{'s' if len(parts) > 1 else ''} failed; what succeeded is kept."
    return "\n\n".join([*parts, count])


def read_end(path: Path, characters: int = 20_000) -> str:
    """Return the last part of a file without trailing space, or nothing where there is none."""
    if not path.is_file():
        return ""
    return path.read_text(encoding="utf-8", errors="replace")[-characters:].strip()
