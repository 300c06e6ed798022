import os
import shutil
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from diffpath.deseq import kernels, kernels_numba, kernels_numpy
from diffpath.deseq.kernels import Floats

ROWS = {
    "saturated": np.array([[1.0, 0], [1, 1]]),
    "additive": np.array([[1.0, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]]),
}


def make(rows: Floats) -> dict[str, Floats]:
    random = np.random.default_rng(2)
    genes, samples = 40, 12
    level = np.exp(random.normal(3, 3, (genes, len(rows))))
    cell = np.arange(samples) % len(rows)
    scale = np.exp(random.normal(0, 0.3, (1, samples)))
    mean = np.maximum(level[:, cell] * scale, 0.5)
    alpha = np.exp(random.uniform(np.log(1e-8), np.log(10), genes))
    counts = random.poisson(random.gamma(np.minimum(2, 1 / alpha)[:, None], 0.5, mean.shape) * mean)
    return {
        "index": np.arange(genes),
        "counts": counts.astype(float),
        "scale": scale,
        "level": level,
        "cell": cell,
        "rows": rows,
        "alpha": alpha,
        "mean": mean,
    }


def parts(case: dict[str, Floats], *names: str) -> list[Floats]:
    return [case[name] for name in names]


@pytest.mark.parametrize("shape", ROWS)
def test_compiled_and_plain_sums_agree(shape: str) -> None:
    case = make(ROWS[shape])
    genes, log_alpha = len(case["index"]), np.log(case["alpha"])
    common = parts(case, "index", "counts", "scale", "level", "cell")
    answers = []
    for module in (kernels_numba, kernels_numpy):
        out = [np.empty(genes) for _ in range(4)]
        module.profile(*common, case["rows"], log_alpha, 0.5, out[0], out[1])
        module.likelihood_constant(case["index"], case["counts"], case["alpha"], out[2])
        module.likelihood_mean(*common, case["alpha"], 0.5, out[3])
        beta = np.log(case["level"]) @ np.linalg.pinv(case["rows"]).T
        module.reweigh(*common, case["rows"], case["alpha"], 0.5, 1e-6, beta)
        answers.append([*out, beta])
    for compiled, plain in zip(*answers, strict=True):
        np.testing.assert_allclose(compiled, plain, rtol=1e-9, atol=1e-9)


def test_likelihood_is_that_of_the_negative_binomial() -> None:
    case = make(ROWS["saturated"])
    alpha = case["alpha"]
    common = parts(case, "index", "counts", "scale", "level", "cell")
    ours = kernels.likelihood_constant(
        case["index"], case["counts"], alpha
    ) + kernels.likelihood_mean(*common, alpha, 0.5)
    some = alpha > 1e-5  # below, scipy's own rounding is larger than the difference
    size = 1 / alpha[some, None]
    theirs = stats.nbinom.logpmf(case["counts"][some], size, size / (size + case["mean"][some]))
    np.testing.assert_allclose(ours[some], theirs.sum(axis=1), rtol=1e-9)


@pytest.mark.parametrize("shape", ROWS)
def test_profile_is_likelihood_less_half_the_log_determinant(shape: str) -> None:
    case = make(ROWS[shape])
    some = np.flatnonzero(case["alpha"] > 1e-5)
    common = [some, *parts(case, "counts", "scale", "level", "cell", "rows")]
    y, mean, rows = case["counts"][some], case["mean"][some], case["rows"][case["cell"]]
    log_factorial = stats.poisson.logpmf(y, 1.0) + 1  # log of 1 / y!

    def direct(log_alpha: Floats) -> Floats:
        size = np.exp(-log_alpha)[:, None]
        likelihood = stats.nbinom.logpmf(y, size, size / (size + mean)) - log_factorial
        likelihood -= y * np.log(mean)
        weight = 1 / (1 / mean + 1 / size)
        info = np.einsum("gj,jp,jq->gpq", weight, rows, rows)
        return likelihood.sum(axis=1) - 0.5 * np.linalg.slogdet(info)[1]

    place = np.log(case["alpha"][some])
    value, slope = kernels.profile(*common, place, 0.5)
    above, below = direct(place + 1e-4), direct(place - 1e-4)
    whole = value + kernels.left_out(y)
    np.testing.assert_allclose(whole - direct(place), 0, atol=1e-6 * np.abs(whole).max())
    np.testing.assert_allclose(slope, (above - below) / 2e-4, rtol=1e-3, atol=1e-2)


def test_threads_do_not_change_the_sums() -> None:
    case = make(ROWS["additive"])
    index = np.tile(case["index"], 50)
    log_alpha = np.tile(np.log(case["alpha"]), 50)
    common = parts(case, "counts", "scale", "level", "cell", "rows")
    one = kernels.profile(index, *common, log_alpha, 0.5, threads=1)
    two = kernels.profile(index, *common, log_alpha, 0.5, threads=2)
    np.testing.assert_array_equal(one, two)


SMALL_FIT = textwrap.dedent(
    """
    import numpy as np
    from diffpath.deseq import kernels, fit
    random = np.random.default_rng(1)
    mean = np.exp(random.normal(4, 1, 200))
    counts = random.negative_binomial(5, 5 / (5 + mean), (6, 200))
    design = np.column_stack([np.ones(6), np.repeat([0, 1], 3)])
    made = fit(counts, design)
    print(kernels.compiled(), repr(made.coef[:, 1].sum()))
    """
)


def start(source: Path, home: Path, **changes: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(source), "HOME": str(home), **changes}
    environment.pop("NUMBA_CACHE_DIR", None)
    environment |= {"XDG_CACHE_HOME": str(home / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SMALL_FIT],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finish(job: subprocess.Popen[str]) -> tuple[bool, float]:
    out, problem = job.communicate(timeout=300)
    assert job.returncode == 0, problem
    compiled, total = out.split()
    return compiled == "True", float(total.removeprefix("np.float64(").removesuffix(")"))


@pytest.fixture
def install(root: Path, tmp_path: Path) -> Path:
    """Copy of the fit's package whose files nobody may write, with nothing compiled."""
    source = root / "workflow" / "src" / "diffpath"
    target = tmp_path / "install" / "diffpath"
    shutil.copytree(source / "deseq", target / "deseq", ignore=shutil.ignore_patterns("*cache*"))
    for name in ("__init__.py", "compiled.py", "multiple.py"):
        shutil.copy(source / name, target)
    return target.parent


def test_processes_that_compile_at_once_and_the_plain_path_agree(
    install: Path, tmp_path: Path
) -> None:
    jobs = [start(install, tmp_path) for _ in range(2)]
    plain = start(install, tmp_path, NUMBA_DISABLE_JIT="1")
    answers = [finish(job) for job in jobs]
    assert answers[0] == answers[1]
    assert answers[0][0]
    again = finish(start(install, tmp_path))
    assert again == answers[0]
    compiled, total = finish(plain)
    assert not compiled
    assert total == pytest.approx(answers[0][1], rel=1e-8)


def test_a_read_only_install_and_home_still_compile(install: Path, tmp_path: Path) -> None:
    for place in [install, *install.rglob("*")]:
        place.chmod(place.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    # A file where folders should be made holds root back too, whom modes do not.
    (install / "diffpath" / "deseq").chmod(0o755)
    (install / "diffpath" / "deseq" / "__pycache__").write_text("")
    home = tmp_path / "home"
    home.write_text("")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    assert finish(start(install, home, TMPDIR=str(temporary)))[0]
    (folder,) = temporary.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert any(folder.rglob("*.nbi"))
    # A folder that others could have written to is not taken: its code would be run.
    folder.chmod(0o777)
    assert finish(start(install, home, TMPDIR=str(temporary)))[0]
    (other,) = set(temporary.iterdir()) - {folder}
    assert any(other.rglob("*.nbi"))
