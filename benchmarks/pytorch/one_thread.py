"""One thread of PyTorch eager on OpenBLAS: the conditions of every comparison here."""

import json
import os
import sys

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

try:
    import numpy as np
    import torch
except ImportError as error:
    print(json.dumps({"skipped": f"{error}; on Debian: apt-get install -y python3-torch libopenblas0-openmp"}))
    sys.exit(0)

torch.set_num_threads(1)


def blas_name() -> str:
    """What does the matrix products, by what is mapped into this process."""
    torch.ones(64, 64) @ torch.ones(64, 64)
    with open("/proc/self/maps") as maps:
        text = maps.read().lower()
    if "openblas" in text:
        return "openblas"
    if "mkl" in text or "mkl" in torch.__config__.show().lower():
        return "mkl"
    return "other"


def conditions() -> dict:
    """Versions and BLAS; ends the program when the BLAS is the reference one, which would flatter us 30-fold."""
    name = blas_name()
    if name == "other":
        print(json.dumps({"skipped": "PyTorch runs on a reference BLAS; install libopenblas0-openmp"}))
        sys.exit(0)
    return {"torch": torch.__version__, "numpy": np.__version__, "blas": name, "threads": torch.get_num_threads()}
