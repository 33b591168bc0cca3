"""Pictures of an evaluation, with matplotlib: each function draws into `axes` and returns it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._evaluation import Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _figures(evaluation: Evaluation) -> dict[str, Any]:
    if not isinstance(evaluation, Evaluation):
        raise TypeError(f"what evaluate() gives is drawn, not {type(evaluation).__name__}")
    return evaluation.figures


def _axes(axes: Axes | None) -> Any:
    if axes is not None:
        return axes
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError("reseau.plot needs matplotlib; pip install matplotlib") from error
    return pyplot.subplots()[1]


def recall(evaluation: Evaluation, axes: Axes | None = None) -> Any:
    """Mean recall over kinds of edit against the share of unrelated pairs that match, by rule.

    Solid where the rate was counted, dotted where it is extrapolated from the fit.
    """
    curves = _figures(evaluation)["roc"]
    drawn = _axes(axes)
    for curve in curves:
        points = curve["points"]
        if not points:
            continue
        colour = drawn._get_lines.get_next_color()
        counted = [point for point in points if point[2]]
        fitted = points[max(len(counted) - 1, 0) :]
        for part, style, label in ((counted, "-", curve["rule"]), (fitted, ":", None if counted else curve["rule"])):
            if part:
                drawn.plot([10 ** p[0] for p in part], [p[1] for p in part], style, color=colour, label=label)
    drawn.set(xscale="log", xlabel="share of unrelated pairs that match", ylabel="mean recall", ylim=(0, 1.02))
    drawn.grid(alpha=0.3)
    drawn.legend(fontsize="small")
    return drawn


def edits(evaluation: Evaluation, rule: str, axes: Axes | None = None) -> Any:
    """Recall of each kind of edit by one rule, with its interval, at the limits for 10 million entries."""
    there = [r for r in _figures(evaluation)["rules"] if "entries" in r]
    found = [r for r in there if r["rule"] == rule]
    if not found:
        rules = sorted({r["rule"] for r in there})
        raise ValueError(f"there is no rule {rule!r}; there are {', '.join(rules)}")
    drawn = _axes(axes)
    rows = sorted(found[0]["edits"].items(), key=lambda row: -float(row[1]["recall"]))
    for place, (_, figures) in enumerate(rows):
        drawn.plot(figures["interval"], [place, place], color="0.7", linewidth=3, solid_capstyle="round")
        drawn.plot(figures["recall"], place, "o", color="C0", markersize=4)
    drawn.set(yticks=range(len(rows)), xlabel="recall", xlim=(-0.02, 1.02), title=rule)
    drawn.set_yticklabels([name for name, _ in rows], fontsize="x-small")
    drawn.invert_yaxis()
    return drawn


def distances(evaluation: Evaluation, kind: str, axes: Axes | None = None) -> Any:
    """How far copies and how far strangers are, as shares, on a logarithmic scale."""
    found = [k for k in _figures(evaluation)["kinds"] if k["kind"] == kind]
    if not found:
        kinds = ", ".join(k["kind"] for k in evaluation.figures["kinds"])
        raise ValueError(f"there is no kind {kind!r}; there are {kinds}")
    drawn = _axes(axes)
    histogram = found[0]["histogram"]
    for who in ("strangers", "copies"):
        counts = histogram[who]
        total = sum(counts) or 1
        drawn.step([i * histogram["step"] for i in range(len(counts))], [c / total for c in counts], where="post", label=who)
    drawn.set(yscale="log", xlabel=f"distance, {kind}", ylabel="share")
    drawn.legend()
    return drawn
