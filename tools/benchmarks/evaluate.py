"""`pruning evaluate` with all baselines: BM25, cosine of the untuned MiniLM embeddings, lead-k."""

import argparse
import sys

from baselines import Cosine
from pruning_transformers.cli import evaluation


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    evaluation.add_arguments(parser)
    parser.set_defaults(baselines=["bm25", "lead"], ranking_questions=200)
    return evaluation.run(parser.parse_args(), extra=[Cosine()])


if __name__ == "__main__":
    sys.exit(main())
