#!/usr/bin/env python3
"""What a page of 50 costs at depth 1 and far down, and what the figures cost, one request at a time.

depth.py BASE SIZE FILE    measures and appends to FILE
depth.py compare FILE      fails where a page costs more than twice as much at the largest size or depth
"""

import http.client
import json
import os
import statistics
import sys
import time
from urllib.parse import quote, urlsplit

DEPTH = 10_000
ROUNDS = 200


def measure(base, size, into):
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
    headers = {"Authorization": "Bearer " + os.environ["BENCH_TOKEN"]}

    def get(path):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {text[:300]}")
        return json.loads(text)

    def milliseconds(path, rounds=ROUNDS):
        taken = []
        for _ in range(rounds):
            began = time.perf_counter()
            get(path)
            taken.append((time.perf_counter() - began) * 1000)
        return statistics.median(taken)

    figures = {"size": int(size)}
    for sort in ["-recorded_at", "due_at", "-updated_at", "-urgency,due_at"]:
        query = f"/api/v1/problems?sort={quote(sort)}"
        cursor, seen = None, 0
        while seen < DEPTH:
            page = get(f"{query}&limit=200" + (f"&cursor={quote(cursor)}" if cursor else ""))
            seen += len(page["items"])
            if page["next_cursor"] is None:
                break
            cursor = page["next_cursor"]
        # A cursor belongs to its query; the limit is no part of it.
        figures[f"page {sort}, first"] = milliseconds(f"{query}&limit=50")
        figures[f"page {sort}, after {seen}"] = milliseconds(f"{query}&limit=50&cursor={quote(cursor or '')}")
    figures["figures"] = milliseconds("/api/v1/metrics/overview", 30)
    figures["figures by division"] = milliseconds("/api/v1/metrics/overview?group_by=division", 30)
    with open(into, "a", encoding="utf-8") as file:
        file.write(json.dumps(figures) + "\n")


def compare(path):
    with open(path, encoding="utf-8") as file:
        sizes = [json.loads(line) for line in file]
    print("\nmilliseconds, one request at a time: " + ", ".join(f"{one['size']:,}" for one in sizes) + " problems")
    names = dict.fromkeys(name for one in sizes for name in one if name != "size")
    short = False
    for name in names:
        values = [one[name] for one in sizes if name in one]
        grows = name.startswith("page") and max(values) > 2 * min(values) and max(values) - min(values) > 1
        short |= grows
        print(f"  {name:40}" + "".join(f"{value:10.2f}" for value in values) + ("  SHORT" if grows else ""))
    sys.exit(short)


if sys.argv[1] == "compare":
    compare(sys.argv[2])
else:
    measure(*sys.argv[1:4])
