from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from pruning_transformers.evaluation import Point, Report
from pruning_transformers.evaluation.metrics import Bin
from pruning_transformers.evaluation.plot import plot
from pruning_transformers.evaluation.report import ALL, PruningMeasurement

CURVE = (Point(0.1, 1.0, 0.0, 0.5, 0.5), Point(0.9, 0.25, 0.75, 0.5, 0.5))
ROW = PruningMeasurement(
    system="ours",
    file="dev",
    curve=CURVE,
    at_compressions=(),
    at_retention=CURVE[0],
    at_default=Point(0.5, 0.75, 0.5, 0.5, 0.5),
    sweep=(),
    kinds={},
    reliability=(),
)
LEAD = replace(ROW, system="lead-k", at_default=None)


def report(*rows):
    return Report(retention=0.9, pruning=rows, ranking=())


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Plot a report; gives its panels."""
    figures = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *a, **k: figures.append(figure))

    def draw(*rows):
        plot(report(*rows), [tmp_path / "curve.svg"])
        return figures[-1].axes

    return draw


def test_a_curve_for_each_system_and_a_point_at_its_default_threshold(drawn):
    (panel,) = drawn(ROW, LEAD)
    ours, default, lead = panel.lines
    assert ours.get_xydata().tolist() == [[0.0, 1.0], [0.75, 0.25]]
    assert default.get_xydata().tolist() == [[0.5, 0.75]]
    assert lead.get_xydata().tolist() == ours.get_xydata().tolist()
    assert default.get_color() == ours.get_color() != lead.get_color()
    assert [text.get_text() for text in panel.get_legend().get_texts()] == ["ours", "lead-k"]


def test_a_panel_for_each_file_but_not_for_all_of_them(drawn):
    panels = drawn(*(replace(ROW, file=name) for name in ("dev", "train", "other", ALL)))
    assert [panel.get_title() for panel in panels if panel.axison] == ["dev", "train", "other"]


def test_a_panel_of_the_calibration(drawn):
    bins = (Bin(0.05, 0.1, 9), Bin(0.95, 0.9, 3))
    panels = drawn(replace(ROW, reliability=bins), LEAD)
    assert [panel.get_title() for panel in panels] == ["dev", "calibration, dev"]
    ours, ideal = panels[1].lines
    assert ours.get_xydata().tolist() == [[0.05, 0.1], [0.95, 0.9]]
    assert ideal.get_xydata().tolist() == [[0, 0], [1, 1]]


def test_the_same_report_gives_the_same_file(tmp_path):
    names = ["a.svg", "b.svg", "a.png"]
    plot(report(ROW), [tmp_path / name for name in names])
    first, second, image = ((tmp_path / name).read_bytes() for name in names)
    plot(report(ROW), [tmp_path / "a.svg"])
    assert first == second == (tmp_path / "a.svg").read_bytes()
    assert b"<dc:date>" not in first
    assert image.startswith(b"\x89PNG")


def test_nothing_to_plot(tmp_path):
    with pytest.raises(ValueError, match="no system prunes"):
        plot(report(), [tmp_path / "a.svg"])
    assert not [*tmp_path.iterdir()]
