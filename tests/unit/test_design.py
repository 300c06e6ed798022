import numpy as np
import pandas as pd
import pytest

from diffpath.design import DesignError, build_design, formula_variables, natural_key


def units(**columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([f"u{i}" for i in range(len(frame))])
    return frame


def test_variables_in_order_of_mention() -> None:
    assert formula_variables("~ batch + condition*sex + batch:sex - 1") == [
        "batch",
        "condition",
        "sex",
    ]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("condition", "does not start with '~'"),
        ("~ C(condition)", "'C\\(' is not allowed in a formula"),
        ("~ condition + __import__('os')", "is not allowed in a formula"),
        ("~ log(rin)", "'log\\(' is not allowed"),
        ("~ condition ^ 2", "'\\^ 2' is not allowed"),
        ("~ 1", "names no column"),
    ],
)
def test_formula_refused(formula: str, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        formula_variables(formula)


def test_either_direction_has_the_same_matrix_and_the_opposite_vector() -> None:
    frame = units(condition=["WS", "WS", "control", "control"])
    design = build_design(frame, "~ condition", "condition", "WS", "control")
    assert design.coefficient == "condition[T.WS]"
    assert design.matrix["condition[T.WS]"].tolist() == [1, 1, 0, 0]
    swapped = build_design(frame, "~ condition", "condition", "control", "WS")
    pd.testing.assert_frame_equal(swapped.matrix, design.matrix)
    pd.testing.assert_series_equal(swapped.contrast, -design.contrast)
    assert swapped.coefficient == "condition[T.WS]"


def test_natural_order_has_no_ties_and_takes_only_plain_digits_for_numbers() -> None:
    names = ["P10", "P2", "D01", "D1", "5²", "control", "WS"]
    ordered = ["5²", "control", "D01", "D1", "P2", "P10", "WS"]
    for given in (names, names[::-1]):
        assert sorted(given, key=natural_key) == ordered


def test_contrast_of_two_levels_that_are_not_the_reference_level_of_others() -> None:
    frame = units(condition=["a", "a", "b", "b", "c", "c"], batch=["1", "2"] * 3)
    design = build_design(frame, "~ batch + condition", "condition", "c", "b")
    assert design.coefficient == "condition[T.c]"
    assert design.contrast.drop("condition[T.c]").eq(0).all()
    assert design.residual_df == 2
    assert design.full_rank


def test_interaction_contrast_is_the_mean_effect() -> None:
    frame = units(condition=["c", "w"] * 4, sex=["f", "f", "m", "m"] * 2)
    design = build_design(frame, "~ sex * condition", "condition", "w", "c")
    assert design.coefficient is None
    assert design.contrast["condition[T.w]"] == 1
    assert design.contrast[[c for c in design.contrast.index if ":" in c]].tolist() == [0.5]
    assert design.estimable()


def test_numeric_codes_are_labels_unless_listed() -> None:
    frame = units(condition=["c", "w"] * 3, batch=["1", "1", "2", "2", "3", "3"])
    labels = build_design(frame, "~ batch + condition", "condition", "w", "c")
    numbers = build_design(frame, "~ batch + condition", "condition", "w", "c", ["batch"])
    assert [c for c in labels.matrix if "batch" in c] == ["batch[T.2]", "batch[T.3]"]
    assert numbers.matrix["batch"].tolist() == [1, 1, 2, 2, 3, 3]


def test_rank_deficiency_names_what_cannot_be_told_apart() -> None:
    frame = units(
        condition=["c", "c", "w", "w"], batch=["1", "1", "2", "2"], sex=["f", "m", "f", "m"]
    )
    design = build_design(frame, "~ sex + batch + condition", "condition", "w", "c")
    assert not design.full_rank
    assert not design.estimable()
    assert design.aliased() == [["batch[T.2]", "condition[T.w]"]]
    assert design.residual_df == 1


@pytest.mark.parametrize(
    ("formula", "variable", "test", "reference", "message"),
    [
        ("~ sex", "condition", "w", "c", "does not name the variable 'condition'"),
        ("~ condition", "condition", "x", "c", "no unit has condition = 'x'"),
        ("~ condition", "condition", "w", "x", "no unit has condition = 'x'"),
        ("~ age + condition", "condition", "w", "c", r"columns \['age'\] are not in the sheet"),
        ("~ sex", "sex", "f", "m", "the variable 'sex' is numeric"),
    ],
)
def test_design_refused(
    formula: str, variable: str, test: str, reference: str, message: str
) -> None:
    frame = units(condition=["c", "w"], sex=["f", "m"])
    with pytest.raises(DesignError, match=message):
        build_design(frame, formula, variable, test, reference, ["sex"])


def test_natural_order() -> None:
    assert sorted(["P10", "P2", "P1"], key=natural_key) == ["P1", "P2", "P10"]


def test_swapping_the_sides_flips_the_contrast() -> None:
    frame = units(condition=["a", "b", "c"] * 3, donor=["1"] * 3 + ["2"] * 3 + ["3"] * 3)
    ab = build_design(frame, "~ donor + condition", "condition", "a", "b")
    ba = build_design(frame, "~ donor + condition", "condition", "b", "a")
    values = np.random.default_rng(0).normal(size=9)
    effects = [
        np.linalg.lstsq(d.matrix.to_numpy(), values, rcond=None)[0] @ d.contrast.to_numpy()
        for d in (ab, ba)
    ]
    assert effects[0] == pytest.approx(-effects[1], rel=1e-12)
