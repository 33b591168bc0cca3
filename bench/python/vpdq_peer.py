"""What PyPI's vpdq finds of the films that `reseau evaluate --video VIDEOS --films FILMS` has made, beside what we found.

    python bench/python/vpdq_peer.py FILMS VIDEOS...

Needs vpdq from PyPI, and numpy. Known videos and films are hashed as its README says (a frame a second); a film is held
against each known video of its half by the shares of frames, of quality 50 and more, that have one of the other's within 31
bits. A clip counts as found in a video that shows its scene:

    default     four fifths of the film's frames match: what vpdq's own example and Meta's signal type ask for
    no false    the lower limits, of the film's and of the known video's share, with which no unrelated film matches anything:
                as strict as our figures are. The best of a grid of both limits, chosen on the very films it is counted on, so
                the most that vpdq could do here.
"""

import collections
import json
import pathlib
import sys

import numpy as np
import vpdq

NEAR, QUALITY, DEFAULT = 31, 50, 0.8
LIMITS = np.concatenate([[0], np.geomspace(0.005, 1, 40)])


def frames_of(path):
    kept = [np.frombuffer(bytes.fromhex(frame.hex), np.uint8) for frame in vpdq.computeHash(str(path), thread_count=1)
            if frame.quality >= QUALITY]
    return np.unpackbits(np.array(kept, np.uint8).reshape(-1, 32), axis=1).astype(np.float32)


def shares(a, b):
    """Of a's frames that have a near one in b, and the other way."""
    if not len(a) or not len(b):
        return 0.0, 0.0
    near = a @ (1 - b).T + (1 - a) @ b.T <= NEAR
    return near.any(axis=1).mean(), near.any(axis=0).mean()


def main():
    films = pathlib.Path(sys.argv[1])
    known = {}
    for path in sorted(p for folder in sys.argv[2:] for p in pathlib.Path(folder).rglob("*")):
        if path.name not in known and path.is_file():
            try:
                known[path.name] = frames_of(path)
            except Exception as error:  # it says nothing more exact
                print(f"{path}: left out: {error}", file=sys.stderr)
    rows = [json.loads(line) for line in (films / "films.jsonl").read_text().splitlines()]
    for row in rows:
        frames = frames_of(films / row["film"])
        row["right"], row["wrong"] = [], []
        for name in row["known"]:
            where = "right" if name in row.get("scene", ()) else "wrong"
            row[where].append(shares(frames, known[name]))
    clips = [row for row in rows if row["clip"] and row["edit"] != "reversed"]
    wrong = np.array([share for row in rows for share in row["wrong"]])

    def found(row, limits):
        return any(of_film >= limits[0] and of_known >= limits[1] for of_film, of_known in row["right"])

    def false(limits):
        return int(((wrong[:, 0] >= limits[0]) & (wrong[:, 1] >= limits[1])).sum())

    silent = [(a, b) for a in LIMITS for b in LIMITS if (a or b) and not false((a, b))]
    best = max(silent, key=lambda limits: sum(found(row, limits) for row in clips))
    print(f"{len(clips)} films with a clip, {len(rows) - len(clips)} others; {len(wrong)} pairs of a film and an unrelated video; "
          f"no false match from {best[0]:.3f} of the film's and {best[1]:.3f} of the known video's frames on\n")
    print("| clips | asked | ours | vpdq, default | vpdq, no false |\n|---|---|---|---|---|")
    groups = collections.defaultdict(list)
    for row in clips:
        groups[f"{row['seconds']:g} s, {'as it is' if row['edit'] == 'as it is' else 'edited'}"].append(row)
        groups[f"all, {row['edit']}"].append(row)
    for name, some in groups.items():
        print(f"| {name} | {len(some)} | {sum(row['found'] for row in some)} | {sum(found(row, (DEFAULT, 0)) for row in some)} | "
              f"{sum(found(row, best) for row in some)} |")


if __name__ == "__main__":
    main()
