"""Runs an exported policy in Python, with nothing of Longview's, and checks it against its golden requests.

    python3 examples/serving/check_policy.py runs/main/policy

Takes onnxruntime where it is installed, else onnx's own reference evaluator (onnx 1.13 or later), else the NumPy one beside this
file. `--evaluator` asks for one of them by name.
"""

import argparse
import json
import pathlib
import sys

import numpy as np

EVALUATORS = ("onnxruntime", "onnx-reference", "numpy")
NUMPY_TYPES = {"float32": np.float32, "int32": np.int32, "bool": np.bool_}


def open_policy(path, wanted=None):
    """The first evaluator that is installed: its name, and `run(feeds)`, which answers with the outputs by name."""
    for name in [wanted] if wanted else EVALUATORS:
        try:
            if name == "onnxruntime":
                import onnxruntime

                session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
                names = [output.name for output in session.get_outputs()]
            elif name == "onnx-reference":
                from onnx.reference import ReferenceEvaluator

                session = ReferenceEvaluator(path)
                names = session.output_names
            else:
                from numpy_evaluator import NumpyEvaluator

                session = NumpyEvaluator(path)
                names = [output.name for output in session.graph.output]
        except ImportError:
            continue
        return name, lambda feeds: dict(zip(names, session.run(names, feeds)))
    raise SystemExit("none of onnxruntime and onnx is installed: pip install onnxruntime, or apt install python3-onnx")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=pathlib.Path, help="folder of an exported policy")
    parser.add_argument("--evaluator", choices=EVALUATORS)
    options = parser.parse_args()
    manifest = json.loads((options.bundle / "manifest.json").read_text())
    golden = json.loads((options.bundle / "golden.json").read_text())
    types = {tensor["name"]: NUMPY_TYPES[tensor["dataType"]] for tensor in manifest["graph"]["inputs"]}
    evaluator, run = open_policy(str(options.bundle / "policy.onnx"), options.evaluator)
    worst = 0.0
    for number, request in enumerate(golden["requests"]):
        feeds = {
            name: np.array(tensor["data"]).astype(types[name]).reshape(tensor["shape"])
            for name, tensor in request["inputs"].items()
        }
        outputs = run(feeds)
        for name, tensor in request["outputs"].items():
            expected = np.array(tensor["data"], dtype=np.float64).reshape(tensor["shape"])
            difference = np.abs(outputs[name] - expected) / np.maximum(1, np.abs(expected))
            worst = max(worst, float(difference.max(initial=0)))
            if not difference.max(initial=0) <= golden["tolerance"]:
                print(f"golden.json: request {number}: {name} differs by {difference.max():.3g}", file=sys.stderr)
                return 1
    count = len(golden["requests"])
    print(f"{manifest['policyId']}: {count} golden requests, largest difference {worst:.2g}, by {evaluator}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
