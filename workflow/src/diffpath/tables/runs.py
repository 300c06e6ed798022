"""Tables about a run itself; they hold measurements, and so differ from run to run."""

from diffpath.tables.core import Column, Table

RUN_COST = Table(
    "run_cost",
    (
        Column("rule", "str", "rule of the workflow, in its order"),
        Column("jobs", "int", "jobs measured: the last run of each"),
        Column("seconds", "float", "wall seconds, summed over jobs"),
        Column("cpu_seconds", "float", "CPU seconds, summed over jobs", True),
        Column("longest_seconds", "float", "wall seconds of the longest job"),
        Column("peak_mb", "float", "largest resident memory of a job, MB", True),
        Column("peak_job", "str", "its place among the logs", True),
    ),
    key=("rule",),
)
