"""A label is known, ignored by name, or an error; never a default."""

import pytest

from crawler.errors import UnknownLabel
from crawler.normalize.labels import find_term
from store.terms import RoundStatus

STATUSES = {"todo": RoundStatus.UPCOMING, "招商中": None}


@pytest.mark.parametrize(
    ("label", "term"),
    [("todo", RoundStatus.UPCOMING), (" todo\n", RoundStatus.UPCOMING), ("招商中", None), (None, None), ("  ", None)],
)
def test_a_label_is_looked_up_as_written_and_without_blanks(label, term):
    assert find_term("status_raw", label, STATUSES) is term


@pytest.mark.parametrize("label", ["closed", "TODO"])
def test_an_unseen_label_is_an_error_that_names_field_and_label(label):
    with pytest.raises(UnknownLabel, match=f"status_raw: unknown label '{label}'"):
        find_term("status_raw", label, STATUSES)
