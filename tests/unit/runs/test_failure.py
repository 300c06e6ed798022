from __future__ import annotations

from pathlib import Path

import pytest

from diffpath.runs.failure import Failure, explain_failure, find_failures, tell_failures

ERROR = """\
[Wed Nov 25 12:15:49 2026]
Error in rule {rule}:
    message: {message}
    jobid: {job}
    input: counts.tsv, genes.tsv
    output: results/contrasts/MSC/samples.h5ad, results/contrasts/MSC/genes.tsv.gz
    log: results/logs/contrasts/MSC/{rule}.log, slurm/7.log (check log file(s) for error details)
    external_jobid: 7
"""
DONE = "[Wed Nov 25 12:15:51 2026]\nFinished jobid: {job} (Rule: {rule})\n1 of 2 steps (50%) done\n"


def error(rule: str = "read_counts", job: int = 4, message: str = "None") -> str:
    return ERROR.format(rule=rule, job=job, message=message)


def test_a_failed_job_is_found_with_its_contrast_and_logs() -> None:
    (failure,) = find_failures(
        "Select jobs to execute...\n" + error() + DONE.format(job=5, rule="x")
    )
    assert failure.rule == "read_counts"
    assert failure.place == "contrast MSC"
    assert failure.logs == ["results/logs/contrasts/MSC/read_counts.log", "slurm/7.log"]


def test_a_folder_with_a_comma_splits_no_path() -> None:
    text = error().replace("results/", "my, res/")
    (failure,) = find_failures(text)
    assert failure.logs == ["my, res/logs/contrasts/MSC/read_counts.log", "slurm/7.log"]
    assert failure.place == "contrast MSC"


def test_a_job_that_succeeded_when_retried_is_no_failure() -> None:
    text = error(job=4) + error(rule="sum_units", job=6) + DONE.format(job=4, rule="read_counts")
    assert [failure.rule for failure in find_failures(text)] == ["sum_units"]


def test_attempts_are_counted() -> None:
    (failure,) = find_failures(error() + "Trying to restart job 4.\n" + error())
    assert failure.attempts == 2


@pytest.mark.parametrize(
    ("text", "cause", "mend"),
    [
        (
            "slurmstepd: error: Job 7 exceeded memory limit (9 > 4), being killed",
            "memory",
            "mem_mb",
        ),
        ("error: Detected 1 oom_kill event in StepId=7.0", "memory", "mem_mb"),
        ("slurmstepd: error: Detected 1 oom-kill event(s)", "memory", "mem_mb"),
        ("srun: error: n1: task 0: Out Of Memory", "memory", "mem_mb"),
        ("killed by the cgroup out-of-memory handler.", "memory", "mem_mb"),
        ("State: OUT_OF_MEMORY (exit code 0)", "memory", "mem_mb"),
        ("TERM_MEMLIMIT: job killed after reaching LSF memory limit.", "memory", "mem_mb"),
        ("TERM_RUNLIMIT: job killed after reaching LSF run time limit.", "time", "runtime"),
        ("sbatch: error: Batch job submission failed: Invalid account", "refused", "slurm_account"),
        ("srun: error: Unable to allocate resources: Invalid account", "of its own", "last line"),
        ("numpy: Unable to allocate 9. GiB for an array", "memory", "mem_mb"),
        (
            "slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 1 DUE TO TIME LIMIT ***",
            "time",
            "runtime",
        ),
        ("*** JOB 7 ON n1 CANCELLED AT 1 DUE TO NODE FAILURE ***", "node", "again"),
        ("*** JOB 7 ON n1 CANCELLED AT 1 DUE TO PREEMPTION ***", "preempted", "again"),
        ("slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 1 ***", "cancelled", "again"),
        ("OSError: [Errno 28] No space left on device", "disk", "room"),
        ("Missing files after 60 seconds", "in time", "--latency-wait"),
        ("ModuleNotFoundError: No module named 'gseapy'", "package", "conda"),
        ("2 faults in the input, nothing was run:", "fault", "named above"),
        ("Command 'x' died with <Signals.SIGINT: 2>.", "interrupted", "again"),
        ("Command 'x' died with <Signals.SIGTERM: 15>.", "interrupted", "again"),
        ("ValueError: shapes do not fit", "of its own", "last line"),
    ],
)
def test_the_logs_tell_the_cause_and_the_mend(text: str, cause: str, mend: str) -> None:
    found = explain_failure(Failure("differ_genes"), [text])
    assert cause in found[0]
    assert mend in found[1]


def test_a_job_killed_on_this_machine_says_so() -> None:
    before = "RuleException:\nCalledProcessError\nCommand 'x' died with <Signals.SIGKILL: 9>.\n"
    (failure,) = find_failures(before + error())
    assert "lack of memory" in explain_failure(failure, ["started"])[0]


def test_an_exception_belongs_to_the_job_below_it_alone() -> None:
    before = "Command 'x' died with <Signals.SIGKILL: 9>.\n"
    first, second = find_failures(before + error(job=1) + error(rule="sum_units", job=2))
    assert "SIGKILL" in first.message
    assert "SIGKILL" not in second.message


def test_all_is_told_with_the_end_of_the_log(tmp_path: Path) -> None:
    (tmp_path / "snakemake.log").write_text(error())
    log = tmp_path / "results" / "logs" / "contrasts" / "MSC" / "read_counts.log"
    log.parent.mkdir(parents=True)
    log.write_text("\n".join(f"line {i}" for i in range(50)) + "\n")
    told = tell_failures([tmp_path / "snakemake.log"], tmp_path)
    assert told.startswith("FAILED: read_counts of contrast MSC: ")
    assert "    | line 49\n" in told
    assert "    | line 35\n" in told
    assert "line 34\n" not in told
    assert "To mend: " in told
    assert told.endswith("1 job failed; what succeeded is kept.")


def test_a_log_cut_short_gives_way_to_the_clusters(tmp_path: Path) -> None:
    (tmp_path / "snakemake.log").write_text(error())
    own = tmp_path / "results" / "logs" / "contrasts" / "MSC" / "read_counts.log"
    own.parent.mkdir(parents=True)
    own.write_text("started\n")
    (tmp_path / "slurm").mkdir()
    (tmp_path / "slurm" / "7.log").write_text("error: Job 7 exceeded memory limit (9 > 4)\n")
    told = tell_failures([tmp_path / "snakemake.log"], tmp_path)
    assert "read_counts of contrast MSC: out of memory" in told
    assert "    | error: Job 7 exceeded memory limit" in told
    assert "log: slurm/7.log" in told


def test_a_run_without_a_failed_job_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "snakemake.log").write_text("Select jobs to execute...\n")
    assert tell_failures([tmp_path / "snakemake.log"]) == ""


def test_a_run_stopped_by_hand_between_jobs_says_so(tmp_path: Path) -> None:
    """On a cluster the jobs are cancelled, and none of them fails."""
    said = "Terminating processes on user request, this might take some time.\n"
    (tmp_path / "snakemake.log").write_text(said)
    told = tell_failures([tmp_path / "snakemake.log"])
    assert "Interrupted" in told
    assert "same command goes on" in told
