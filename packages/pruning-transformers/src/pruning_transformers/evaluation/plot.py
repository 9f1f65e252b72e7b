"""Retention against compression, and how far keep probabilities can be taken at their word."""

from pathlib import Path

from pruning_transformers.evaluation.report import ALL, Report

WIDTH, HEIGHT = 5.2, 3.8  # inches for a panel


def check_matplotlib() -> None:
    """Raise ImportError where there is no matplotlib."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ImportError("plots need `pip install 'pruning-transformers[train]'`") from error


def plot(report: Report, targets: list[Path]) -> None:
    """Draw a panel for each file, and one of the calibration over all of them where there are keep
    probabilities; write it to every target, in the format of its suffix.

    Raises:
        ImportError: matplotlib is missing.
        ValueError: no system prunes.
    """
    check_matplotlib()
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    files = list(dict.fromkeys(row.file for row in report.pruning if row.file != ALL))
    if not files:
        raise ValueError("no system prunes: there is nothing to plot")
    last = ALL if len(files) > 1 else files[0]
    calibrated = [row for row in report.pruning if row.file == last and row.reliability]
    panels = len(files) + bool(calibrated)
    columns = min(panels, 2)
    lines = -(-panels // columns)
    figure = Figure(figsize=(WIDTH * columns, HEIGHT * lines), layout="constrained")
    axes = figure.subplots(lines, columns, squeeze=False).flatten()
    names = list(dict.fromkeys(row.system for row in report.pruning))
    for axis, file in zip(axes, files, strict=False):
        for row in (row for row in report.pruning if row.file == file):
            color = f"C{names.index(row.system)}"
            x, y = [p.compression for p in row.curve], [p.retention for p in row.curve]
            axis.plot(x, y, color=color, label=row.system)
            if row.at_default:
                at = row.at_default
                axis.plot(at.compression, at.retention, "o", color=color)
        axis.set(title=file, xlim=(0, 1), ylim=(0, 1.02))
        axis.set(xlabel="compression (share of characters removed)")
        axis.set(ylabel="retention (evidence kept whole)")
        axis.grid(alpha=0.3)
    for row in calibrated:
        axis = axes[len(files)]
        points = [(one.probability, one.share) for one in row.reliability]
        axis.plot(*zip(*points, strict=True), "o-", color=f"C{names.index(row.system)}")
        axis.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1)
        axis.set(title=f"calibration, {last}", xlim=(0, 1), ylim=(0, 1.02))
        axis.set(xlabel="keep probability", ylabel="share of evidence")
        axis.grid(alpha=0.3)
    for axis in axes[panels:]:
        axis.set_axis_off()
    axes[0].legend(loc="lower left")
    with rc_context({"svg.hashsalt": "pruning", "svg.fonttype": "none"}):  # the same file again
        for target in targets:
            metadata = {"Date": None} if target.suffix == ".svg" else None
            figure.savefig(target, dpi=150, metadata=metadata)
