"""Our memory side by side with chromadb, lancedb and bare FAISS: ingest, query time, recall, disk and memory.

    python3 -m venv peers && peers/bin/pip install -r benchmarks/memory-peers.txt
    .venv/bin/python benchmarks/memory.py --peers-python peers/bin/python --out memory.json

10k and 100k vectors of 384, with `--million` 1M too. Every system is a child process with files of its own. Batches of
items are handed out in turn, one system after the other, and so are the rounds of queries, so that what else the
machine does falls on all. Queries come one at a time, k=10, warm. Searches of peers are tuned, on queries that are not
measured, to the quickest of their settings that reaches the recall (memory_systems/chroma_store.py, lance_store.py);
all else is as it comes when installed. Questions: `ids` (ids and likeness), `records` (with question, steps, answer and
skill), `filtered` (records of one skill out of eight), `rare` (of a skill that one item in a hundred has), `fresh` (one
item is added and asked for, both together; recall: whether it comes first). Where the vectors come from:
memory_systems/source.py. Nothing reaches for the network. Runs on Linux.
"""

import sys
from importlib import import_module

if __name__ == "__main__":
    from memory_systems.compare import main

    main()
else:
    # Scripts beside this one find it when they want the package `memory`, which stands later on their path.
    del sys.modules[__name__]
    sys.path.append(sys.path.pop(0))
    import_module(__name__)
