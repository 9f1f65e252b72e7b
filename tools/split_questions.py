"""Part a file of questions: `python tools/split_questions.py FILE TRAIN DEV --train N --dev N`.

No passage is in both parts.
"""

import argparse
import gzip
import json
import random
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="JSON lines, gzipped")
    parser.add_argument("parts", type=Path, nargs=2, metavar="PART")
    parser.add_argument("--train", type=int, default=2000)
    parser.add_argument("--dev", type=int, default=300)
    options = parser.parse_args()
    with gzip.open(options.file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    contexts = sorted({row["context"] for row in rows})
    random.Random(0).shuffle(contexts)
    places = {context: place for place, context in enumerate(contexts)}
    rows.sort(key=lambda row: places[row["context"]])
    dev = rows[-options.dev :]
    first = places[dev[0]["context"]]
    train = [row for row in rows[: options.train] if places[row["context"]] < first]
    for path, part in zip(options.parts, (train, dev), strict=True):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
        path.write_text(text, encoding="utf-8")
        print(f"{path}: {len(part)} questions")


if __name__ == "__main__":
    main()
