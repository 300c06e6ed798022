import pandas as pd
import pytest

from diffpath.subset import SubsetError, select_rows


@pytest.fixture
def sheet() -> pd.DataFrame:
    return pd.DataFrame(
        {"condition": ["WS", "control", "WS", "SVF"], "passage": [3.0, 4.0, 9.0, 2.0]},
        index=["a", "b", "c", "d"],
    )


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("", "abcd"),
        ("  ", "abcd"),
        ("condition == 'WS'", "ac"),
        ("condition != 'WS'", "bd"),
        ("passage < 4", "ad"),
        ("passage >= 4", "bc"),
        ("condition in ['WS', 'control'] and passage <= 4", "ab"),
        ("not (condition == 'WS' or passage > 3)", "d"),
        ("condition not in ('WS', 'SVF')", "b"),
        ("passage in [3, 9]", "ac"),
    ],
)
def test_kept_rows(sheet: pd.DataFrame, expression: str, kept: str) -> None:
    assert "".join(sheet.index[select_rows(sheet, expression)]) == kept


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("condition = 'WS'", "'condition = 'WS'' is not an expression"),
        ("conditon == 'WS'", "there is no column 'conditon'; columns: condition, passage"),
        ("condition == WS", "'WS' is not a quoted text, a number or a list"),
        ("condition == 3", "column 'condition' holds text and is compared with 3"),
        ("passage == '3'", "column 'passage' holds numbers and is compared with '3'"),
        ("__import__('os').system('true') == 0", "stands where a column name is expected"),
        ("condition", "'condition' is not a comparison"),
        ("condition in 'WS'", "'in' needs a list"),
        ("condition == ['WS']", "cannot be compared"),
        ("3 < passage < 9", "is not a comparison"),
        ("passage == True", "holds numbers and is compared with True"),
    ],
)
def test_refused(sheet: pd.DataFrame, expression: str, message: str) -> None:
    with pytest.raises(SubsetError) as caught:
        select_rows(sheet, expression)
    assert message in str(caught.value)
