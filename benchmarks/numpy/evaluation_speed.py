"""IPS, SNIPS and DR with bootstrap intervals over n x A tables: vectorised NumPy in chunks, one thread.

The numbers come from the same hash as in evaluation-speed.ts, made outside the timed sections. Prints one JSON line.
"""

import argparse
import json
import os
import resource
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

try:
    import numpy as np
except ImportError as error:
    print(json.dumps({"skipped": f"{error}; on Debian: apt-get install -y python3-numpy libopenblas0-pthread"}))
    sys.exit(0)

# How often each byte value stands for each count, as in bootstrap-counts.ts: Poisson(1) to the third moment.
COUNTS = np.repeat(np.arange(6, dtype=np.uint8), [93, 98, 43, 17, 4, 1])


def blas_name():
    """What does the matrix products, by what is mapped into this process."""
    np.ones((64, 64)) @ np.ones((64, 64))
    with open("/proc/self/maps") as maps:
        text = maps.read().lower()
    return "openblas" if "openblas" in text else "mkl" if "mkl" in text else "other"


def mixed(values):
    """Finaliser of MurmurHash3 on 32-bit words."""
    values = values ^ (values >> np.uint32(16))
    values *= np.uint32(0x85EBCA6B)
    values ^= values >> np.uint32(13)
    values *= np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))


def piece(first, rows, actions):
    """Rows `first … first + rows` of the data: propensity, reward, action, probabilities, predictions."""
    cells = np.arange(first * actions, (first + rows) * actions, dtype=np.uint64).astype(np.uint32)
    first_hash = mixed(cells)
    size = (first_hash & np.uint32(0xFFFF)).astype(np.float64).reshape(rows, actions) + 1
    probabilities = size / size.sum(axis=1, keepdims=True)
    predictions = (first_hash >> np.uint32(16)).astype(np.float64).reshape(rows, actions) / 65536
    draws = mixed(np.arange(first, first + rows, dtype=np.uint64).astype(np.uint32) ^ np.uint32(0x9E3779B9))
    action = (draws % np.uint32(actions)).astype(np.int64)
    propensity = ((draws >> np.uint32(8)) % np.uint32(97)).astype(np.float64) / 97 / 40 + 0.25 / actions
    reward = ((draws >> np.uint32(16)) % np.uint32(3) == 0).astype(np.float64)
    return propensity, reward, action, probabilities, predictions


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--actions", type=int, required=True)
    parser.add_argument("--piece", type=int, required=True)
    parser.add_argument("--replicates", type=int, required=True)
    parser.add_argument("--counts", choices=["table", "poisson"], required=True)
    options = parser.parse_args()
    blas = blas_name()
    if blas == "other":  # it would flatter us
        print(json.dumps({"skipped": "NumPy runs on a reference BLAS; install libopenblas0-pthread"}))
        return
    n, actions, replicates = options.rows, options.actions, options.replicates
    generator = np.random.default_rng(1)
    totals = np.zeros(3)
    resampled = np.zeros((replicates, 4))
    wall = cpu = 0.0
    for first in range(0, n, options.piece):
        rows = min(options.piece, n - first)
        propensity, reward, action, probabilities, predictions = piece(first, rows, actions)
        began, used = time.perf_counter(), time.process_time()
        each = np.arange(rows)
        weight = probabilities[each, action] / propensity
        direct = np.einsum("ij,ij->i", probabilities, predictions)
        columns = np.empty((rows, 4))
        columns[:, 0] = weight * reward
        columns[:, 1] = weight
        columns[:, 2] = direct + weight * (reward - predictions[each, action])
        columns[:, 3] = 1
        totals += columns[:, :3].sum(axis=0)
        for start in range(0, rows, 512):  # a block of counts that stays in the cache
            block = columns[start : start + 512]
            if options.counts == "table":
                drawn = COUNTS[generator.integers(0, 256, (len(block), replicates), dtype=np.uint8)]
            else:
                drawn = generator.poisson(1, (len(block), replicates))
            resampled += drawn.T.astype(np.float64) @ block
        wall += time.perf_counter() - began
        cpu += time.process_time() - used
    began, used = time.perf_counter(), time.process_time()
    means = totals / n
    estimates = {
        "ips": (means[0], resampled[:, 0] / resampled[:, 3]),
        "snips": (means[0] / means[1], resampled[:, 0] / resampled[:, 1]),
        "dr": (means[2], resampled[:, 2] / resampled[:, 3]),
    }
    results = {
        name: [value, *np.quantile(replicate, [0.025, 0.975])] for name, (value, replicate) in estimates.items()
    }
    wall += time.perf_counter() - began
    cpu += time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        json.dumps(
            {
                "wall": n / wall,
                "cpu": n / cpu,
                "peakBytes": peak,
                "numpy": np.__version__,
                "blas": blas,
                "results": {name: [float(x) for x in values] for name, values in results.items()},
            }
        )
    )


main()
