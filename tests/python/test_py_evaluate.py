"""Evaluation and calibration from Python."""

import signal
import time

import numpy as np
import pytest
import reseau
from PIL import Image

pytest.importorskip("reseau._evaluate")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Twenty-two pictures of rectangles over each other, each unlike the others."""
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(22):
        random = np.random.default_rng(number)
        picture = np.zeros((240, 320, 3), np.uint8) + random.integers(0, 256, 3, np.uint8)
        for _ in range(60):
            x, y = random.integers(0, 320), random.integers(0, 240)
            w, h = random.integers(10, 120, 2)
            picture[y : y + h, x : x + w] = random.integers(0, 256, 3, np.uint8)
        Image.fromarray(picture).save(folder / f"{number:02}.png")
    return folder


@pytest.fixture(scope="module")
def evaluation(pictures):
    calls = []
    made = reseau.evaluate(pictures, queries=2, levels=["base"], progress=lambda done, total: calls.append((done, total)))
    assert calls and calls[-1][0] == calls[-1][1]
    return made


def test_figures_come_as_a_table(evaluation):
    frame = evaluation.to_pandas()
    assert {"rule", "held_to", "edit", "recall", "low", "high"} <= set(frame.columns)
    assert frame["recall"].between(0, 1).all() and (frame["low"] <= frame["recall"]).all()
    assert "grid, base" in set(frame["rule"]) and evaluation.html.startswith("<!")
    assert evaluation.figures["photographs"]["known"] == 22


def test_curves_are_drawn(evaluation):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from reseau import plot
    assert plot.recall(evaluation).get_xscale() == "log"
    assert len(plot.edits(evaluation, "grid, base").get_yticks()) > 20
    assert len(plot.distances(evaluation, "pdq as is").lines) == 2
    for wrong in (lambda: plot.edits(evaluation, "none"), lambda: plot.distances(evaluation, "none")):
        with pytest.raises(ValueError, match="pdq"):
            wrong()


def test_a_calibration_is_a_table_and_is_not_drawn(pictures, evaluation):
    made = reseau.calibrate(pictures, queries=2, levels=["base"], entries=1e6)
    frame = made.to_pandas()
    assert frame["kind"].tolist() == ["grid", "pdq"] and frame["level"].tolist()[0] == "base"
    limits = [None if missing else limit for limit, missing in zip(frame["limit"], frame["limit"].isna(), strict=True)]
    assert limits == [row["limit"] for row in made.figures["limits"]]
    assert {"aligned_limit", "built_in", "built_in_aligned", "counted", "decades_extrapolated"} <= set(frame.columns)
    pytest.importorskip("matplotlib")
    from reseau import plot
    for draw in (plot.recall, lambda of: plot.edits(of, "grid, base"), lambda of: plot.distances(of, "pdq as is")):
        for wrong in (made, evaluation.figures):
            with pytest.raises(TypeError, match=f"not {type(wrong).__name__}"):
                draw(wrong)


@pytest.mark.parametrize("options, kind", [
    ({"seed": -1}, ValueError), ({"seed": "1"}, TypeError), ({"queries": 1.5}, TypeError), ({"queries": -1}, ValueError),
    ({"levels": "base"}, TypeError), ({"levels": ["most"]}, ValueError), ({"levels": [None]}, TypeError),
    ({"threads": "2"}, TypeError), ({"threads": -1}, ValueError), ({"same": 5}, TypeError), ({"same": "a\0b"}, ValueError),
    ({"progress": 5}, TypeError), ({"protocol": None}, TypeError), ({"entries": 1.5}, TypeError), ({"entries": 0}, ValueError),
    ({"expected_false": "few"}, TypeError),
])
def test_wrong_arguments_are_told_in_a_sentence(options, kind, photographs):
    call = reseau.calibrate if {"entries", "expected_false"} & set(options) else reseau.evaluate
    with pytest.raises(kind) as caught:
        call(photographs, **options)
    assert "incompatible" not in str(caught.value) and "nable to cast" not in str(caught.value)


def test_too_few_photographs_are_said_to_be_too_few(photographs):
    with pytest.raises(reseau.ArgumentError, match="20"):
        reseau.calibrate(photographs)
    with pytest.raises(reseau.NotFoundError, match="nonexistent"):
        reseau.evaluate("/nonexistent")
    with pytest.raises(ValueError):
        reseau.evaluate(photographs, levels=["most"])


def test_what_the_callback_raises_stops_it(pictures):
    def stop(done, total):
        raise RuntimeError("enough")
    with pytest.raises(RuntimeError, match="enough"):
        reseau.evaluate(pictures, queries=2, levels=["base"], progress=stop)


def test_ctrl_c_stops_it(pictures, start):
    code = "import reseau, sys; print('ready', flush=True); reseau.evaluate(sys.argv[1], queries=0)"
    process = start(code, pictures)
    process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in process.communicate(timeout=20)[1]
    assert process.returncode == -signal.SIGINT
