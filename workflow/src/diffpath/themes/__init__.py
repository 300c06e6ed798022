"""Themes: two-key tests of predeclared groups of gene sets, and verdicts in words.

The donor key (a rotation test) asks whether a theme's genes move together by more than donors
differ; the specificity key (ULM) whether they move more than all other genes. A verdict
needs both. No theme is named in this code: they are the user's configuration.
"""
