"""Retrieval without a framework: BM25 finds sections, `pack` makes one context of them.

pip install pruning-core bm25s
python examples/rag.py ["QUESTION"]
"""

import sys

from pages import Search, report, sections

from pruning_core import Pruner

question = sys.argv[1] if len(sys.argv) > 1 else "When did the Øresund Bridge open?"
names, texts = zip(*sections().items(), strict=True)
found = Search(list(texts))(question)

pruner = Pruner.from_pretrained()
context = pruner.pack(question, [texts[i] for i in found], max_tokens=100)

report([texts[i] for i in found], context.text)
for index in dict.fromkeys(sentence.index for sentence in context.sentences):
    print(f"- {names[found[index]]}")
