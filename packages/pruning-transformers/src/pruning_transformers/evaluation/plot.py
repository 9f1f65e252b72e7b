"""Retention against compression, a curve for each system."""

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
    """Draw a panel for each file and write it to every target; the suffix is the format.

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
    columns = min(len(files), 2)
    lines = -(-len(files) // columns)
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
    for axis in axes[len(files) :]:
        axis.set_axis_off()
    axes[0].legend(loc="lower left")
    with rc_context({"svg.hashsalt": "pruning", "svg.fonttype": "none"}):  # the same file again
        for target in targets:
            metadata = {"Date": None} if target.suffix == ".svg" else None
            figure.savefig(target, dpi=150, metadata=metadata)
