from __future__ import annotations

from pathlib import Path

import pytest

from diffpath.runs.cost import measure_cost, tell_cost

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def write_benchmark(path: Path, seconds: float, peak: str, cpu: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEADER}{seconds}\t0:00:01\t{peak}\t1\t1\t1\t0\t0\t50\t{cpu}\n")


def test_jobs_are_summed_per_rule_in_the_workflows_order(tmp_path: Path) -> None:
    names = ["A/differ", "A/enrich.x", "B/enrich.y", "A/removed"]
    files = [tmp_path / "contrasts" / f"{name}.benchmark.tsv" for name in names]
    write_benchmark(files[1], 2, "200", "1.5")
    write_benchmark(files[2], 3, "300", "2.5")
    write_benchmark(files[0], 4, "100", "4")
    write_benchmark(files[3], 99, "999", "99")
    not_made = tmp_path / "never_run.benchmark.tsv"
    cost = measure_cost([*files[:3], not_made], tmp_path).set_index("rule")
    assert list(cost.index) == ["differ", "enrich"]
    assert cost.loc["enrich", "jobs"] == 2
    assert cost.loc["enrich", "seconds"] == 5
    assert cost.loc["enrich", "cpu_seconds"] == 4
    assert cost.loc["enrich", "longest_seconds"] == 3
    assert cost.loc["enrich", "peak_mb"] == 300
    assert cost.loc["enrich", "peak_job"] == "contrasts/B/enrich.y"


def test_a_job_too_short_to_be_sampled_counts_its_time_alone(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.benchmark.tsv" for name in "ab"]
    write_benchmark(files[0], 0.2, "NA", "NA")
    write_benchmark(files[1], 3, "150", "2")
    cost = measure_cost(files, tmp_path)
    assert cost["cpu_seconds"].isna().tolist() == [True, False]
    lines = tell_cost(cost).splitlines()
    assert lines[1].split() == ["a", "1", "0.2", "s", "-", "-"]
    assert lines[-1].split() == ["all", "2", "3.2", "s", "2.0", "s", "150", "MB"]
    assert len({len(line) for line in lines}) == 1


def test_no_job_no_text(tmp_path: Path) -> None:
    assert tell_cost(measure_cost([tmp_path / "a.benchmark.tsv"], tmp_path)) == ""


def test_a_benchmark_cut_short_is_passed_over(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.benchmark.tsv" for name in "ab"]
    files[0].write_text(HEADER)
    write_benchmark(files[1], 3, "150", "2")
    assert measure_cost(files, tmp_path)["rule"].tolist() == ["b"]


@pytest.mark.parametrize("text", ["", "s\n"])
def test_a_file_that_is_no_benchmark_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.benchmark.tsv").write_text(text)
    assert measure_cost([tmp_path / "a.benchmark.tsv"], tmp_path).empty


def test_what_the_job_counted_itself_completes_the_samples(tmp_path: Path) -> None:
    file = tmp_path / "a.x.benchmark.tsv"
    write_benchmark(file, 27, "150", "12")
    (tmp_path / "a.x.log").write_text("done: 24.50 CPU s, peak 201.4 MB\n")
    (cost,) = measure_cost([file], tmp_path).to_dict("records")
    assert cost["cpu_seconds"] == 24.5
    assert cost["peak_mb"] == 201.4
    (tmp_path / "a.x.log").write_text("done: 2.00 CPU s, peak 100.0 MB\n")
    (cost,) = measure_cost([file], tmp_path).to_dict("records")
    assert cost["cpu_seconds"] == 12  # processes of its own, still running when it counted
    assert cost["peak_mb"] == 150
