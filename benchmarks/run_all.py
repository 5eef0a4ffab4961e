"""Runs every benchmark, one after the other, and writes what they print to benchmarks/RESULTS.md.

Leave the machine alone meanwhile. What several of them need (the encoded XQuAD) is made once, in one folder.
"""

from __future__ import annotations

import os
import subprocess
import sys

import machine
from common import ROOT, flags, say, work_folder

_SCRIPTS = (
    ("xquad.py",),
    ("three_ways.py",),
    ("encoders.py",),
    ("encoders.py", "--quality"),
    ("augment.py",),
    ("filter.py",),
    ("locomo.py",),
    ("perturb.py",),
    ("generate.py",),
    ("generate.py", "--quality"),
    ("ray_overhead.py",),
    ("small_generator.py",),
    ("weak_generator.py",),
    ("cost_model.py",),
    ("fusion.py",),
    ("memory.py",),
    ("latency.py",),
    ("lucene.py",),
)
_RESULTS = ROOT / "benchmarks" / "RESULTS.md"


def main() -> None:
    """Run them and write the results; those before a failure are kept."""
    parser = flags(__doc__)
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help="run only these, such as fusion memory, and print instead of writing"
    )
    args = parser.parse_args()
    parts = [_title()]
    with work_folder(args) as work:
        for script, *options in _SCRIPTS:
            if args.only and script.removesuffix(".py") not in args.only:
                continue
            say(f"== {' '.join([script, *options])}")
            words = [*options, *(["--quick"] if args.quick else []), "--no-machine", "--work", str(work)]
            # The quiet of TQDM_DISABLE keeps model loaders' bars out of the terminal.
            environment = {**os.environ, "TQDM_DISABLE": "1"}
            command = [sys.executable, str(ROOT / "benchmarks" / script), *words]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, env=environment)
            if done.returncode:
                raise SystemExit(f"{script} failed with exit status {done.returncode}")
            parts.append(done.stdout)
            if not args.only and not args.quick:
                _RESULTS.write_text("\n".join(parts), encoding="utf-8")
    if args.only or args.quick:
        print("\n".join(parts))


def _title() -> str:
    return (
        "# Benchmarks\n\nWritten by `python benchmarks/run_all.py`; each section names the command that "
        f"prints it.\n\n{machine.describe()}\n"
    )


if __name__ == "__main__":
    main()
