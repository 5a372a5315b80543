"""Scores the requests of a folder by a bundle's policy.onnx; prints which evaluator did it."""

import json
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples" / "serving"))
from check_policy import open_policy  # noqa: E402

ROWS = 256

bundle, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
shapes = json.loads((folder / "shapes.json").read_text())
evaluator, run = open_policy(str(bundle / "policy.onnx"))
for group, (requests, count) in enumerate(shapes["groups"]):
    context = np.fromfile(folder / f"context-{group}.f32", np.float32).reshape(requests, shapes["context"])
    candidates = np.fromfile(folder / f"candidates-{group}.f32", np.float32)
    candidates = candidates.reshape(requests, count, shapes["features"])
    parts = [
        run(
            {
                "context": context[start : start + ROWS],
                "candidates": candidates[start : start + ROWS],
                "mask": np.ones((len(context[start : start + ROWS]), count), dtype=np.bool_),
            }
        )["scores"]
        for start in range(0, requests, ROWS)
    ]
    np.concatenate(parts).astype(np.float32).tofile(folder / f"scores-{group}.f32")
print(evaluator)
