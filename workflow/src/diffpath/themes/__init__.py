"""Themes: two-key tests of predeclared groups of gene sets, and verdicts in words.

The donor key (a rotation test) asks whether a theme's genes move together by more than donors
differ; the specificity key (ULM) whether they move more than all other genes. A verdict
needs both. No theme is named in this code: they are the user's configuration.
"""

from diffpath.themes.claims import Claim, judge_claims
from diffpath.themes.exploring import explore_collection
from diffpath.themes.leave_out import run_left_out
from diffpath.themes.standing import Standing, assess_design
from diffpath.themes.testing import ThemeResult, run_themes
from diffpath.themes.verdicts import Judgement, judge

__all__ = [
    "Claim",
    "Judgement",
    "Standing",
    "ThemeResult",
    "assess_design",
    "explore_collection",
    "judge",
    "judge_claims",
    "run_left_out",
    "run_themes",
]
