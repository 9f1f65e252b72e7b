"""Every hostile folder, through every way in."""

import pytest
from hostile.case import WAYS
from hostile.catalogue import KINDS
from hostile.judging import SKIPPED
from hostile.table import TABLES, failures, table
from run import run


@pytest.fixture(scope="session")
def judgements(request, tmp_path_factory):
    everything = request.config.getoption("--all", default=False)
    found, _ = run(tmp_path_factory.mktemp("hostile"), everything=everything)
    TABLES.append(table(found))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_refusals_and_right_openings(judgements, kind):
    wrong = failures([one for one in judgements if one.case.kind == kind])
    assert not wrong, "\n".join(wrong)


def test_every_way_ran(judgements):
    assert len({one.case.name for one in judgements}) >= 380
    for way in WAYS:
        ran = [one for one in judgements if one.way == way and one.verdict != SKIPPED]
        assert len(ran) >= 300, way
