"""`pruning evaluate` with all baselines: BM25, cosine of the untuned MiniLM embeddings, lead-k.

`python -m tools.benchmarks.evaluate MODEL FILES... [OPTIONS]`, with the options of that command.
"""

import argparse
import sys

from pruning_core.cli.descriptions import add_quiet
from pruning_transformers.cli import evaluation
from tools.benchmarks.cosine import CosineSystem


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    evaluation.add_arguments(parser)
    add_quiet(parser)
    parser.set_defaults(baselines=["bm25", "lead"], ranking_questions=200)
    return evaluation.run(parser.parse_args(), extra=[CosineSystem()])


if __name__ == "__main__":
    sys.exit(main())
