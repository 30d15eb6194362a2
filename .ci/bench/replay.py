#!/usr/bin/env python3
"""Makes pgbench scripts of what PostgreSQL was sent for a request, as its log has it.

replay.py read  NOISE HEARD INTO          the statements of one read
replay.py write HEARD AGAIN INTO          the transaction of one write, heard twice: what differs is made anew each time

INTO gets the script and `arguments`, the arguments for pgbench with NUL between them. Values stay parameters ($n), so
that with `-M prepared` pgbench sends what the server's driver sends. One script, always with the same values: a script
for each id would be a statement of its own for each connection, and most of the time would go into planning them.
"""

import os
import re
import sys

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The halves of an id between which a statement counts.
HALF = re.compile(r"[0-9a-f]{12,16}")
ENTRY = re.compile(r"@@(\d+) (LOG|DETAIL):  (.*)", re.DOTALL)
SENT = re.compile(r"(?:execute [^:]+|statement): (.*)", re.DOTALL)
VALUE = re.compile(r"\$(\d+) = (?:(NULL)|'((?:[^']|'')*)')")
# What stands alone in a list of columns is text to PostgreSQL unless it is told: the server's driver tells. What is
# compared is of the type of what it is compared with.
COMPARED = re.compile(r"[=<>]\s*$")
CASTS = [
    (re.compile(rf"{UUID.pattern}$"), "uuid"),
    (re.compile(r"\\x([0-9a-f]{2})*$"), "bytea"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+\d\d$"), "timestamptz"),
    (re.compile(r"\d{4}-\d\d-\d\d$"), "date"),
    (re.compile(r"\{(\"|\}).*", re.DOTALL), "jsonb"),
    (re.compile(r"-?\d{1,9}$"), "bigint"),
]


def heard(path):
    """(text, {number: value or None}, process) of every statement in a piece of the log."""
    statements = []
    with open(path, encoding="utf-8") as file:
        entries = re.split(r"^(?=@@\d+ )", file.read(), flags=re.MULTILINE)
    for entry in entries:
        found = ENTRY.match(entry.rstrip("\n"))
        if not found:
            continue
        process, kind, text = found.groups()
        if kind == "LOG":
            sent = SENT.match(text)
            if sent:
                statements.append((sent[1].strip().rstrip(";"), {}, process))
        elif text.startswith("parameters: ") and statements:
            for number, null, value in VALUE.findall(text):
                statements[-1][1][int(number)] = None if null else value.replace("''", "'")
    return statements


def without_noise(statements, noise):
    """Without what the server sends by itself, and what this harness sends."""
    texts = {text for text, *_ in noise}
    own = ("pg_reload_conf", "ALTER SYSTEM")
    return [(text, values) for text, values, _ in statements if text not in texts and not any(word in text for word in own)]


def transaction(statements):
    """The one transaction that records a problem, whatever else the server does by itself meanwhile. What the request
    reads before it, over another connection, is left out: in the reference's favour."""
    recording = "INSERT INTO problem "
    process = next((process for text, _, process in statements if text.startswith(recording)), None)
    own, found = [], False
    for text, values, of in statements:
        if of != process:
            continue
        if text == "BEGIN":
            own, found = [], False
        own.append((text, values))
        found |= text.startswith(recording)
        if text == "COMMIT" and found:
            return own
    sys.exit("no recording was heard")


def parameter(name, value, before):
    if not COMPARED.search(before):
        for pattern, cast in CASTS:
            if pattern.match(value):
                return f"CAST(:{name} AS {cast})"
    return f":{name}"


def written(statement, prefix, variables, names):
    """The statement as pgbench reads it. `names` gives values that already have a variable."""
    text, values = statement

    def replace(match):
        number = int(match[1])
        value = values.get(number)
        if value is None:
            return "NULL"
        if not value:
            return "''"
        name = names.get(value)
        if name is None:
            name = f"{prefix}_{number}"
            variables[name] = value
        return parameter(name, value, text[: match.start()])

    return re.sub(r"\$(\d+)", replace, text) + ";\n"


def save(into, script, variables):
    os.makedirs(into, exist_ok=True)
    with open(os.path.join(into, "script.sql"), "w", encoding="utf-8") as file:
        file.write(script)
    arguments = ["-f", "script.sql"]
    for name, value in variables.items():
        arguments += ["-D", f"{name}={value}"]
    with open(os.path.join(into, "arguments"), "w", encoding="utf-8") as file:
        file.write("".join(argument + "\0" for argument in arguments))


def read(request, into):
    if len(request) != 1:
        print(f"a read takes {len(request)} round trips, not one:", *(text[:100] for text, _ in request), sep="\n  ")
    variables = {}
    script = "".join(written(each, f"v{at}", variables, {}) for at, each in enumerate(request))
    save(into, script, variables)


def write(first, second, into):
    texts, others = ([text for text, _ in one] for one in (first, second))
    if texts != others:
        differ = [f"{one[:200]} | {other[:200]}" for one, other in zip(texts, others) if one != other]
        sys.exit("two recordings of the same body send different statements: " + "; ".join(differ[:3] or [f"{len(texts)}, {len(others)}"]))
    fresh = {}
    for (_, values), (_, others) in zip(first, second):
        for number, value in values.items():
            if value is None or value == others.get(number) or value in fresh:
                continue
            name = f"new{len(fresh)}"
            if UUID.fullmatch(value):
                fresh[value] = (name, "gen_random_uuid()")
            elif CASTS[1][0].match(value) and len(value) > 2:
                halves = " || ".join(["md5(random()::text)"] * (-(-(len(value) - 2) // 32)))
                fresh[value] = (name, f"'\\x' || left({halves}, {len(value) - 2})")
            elif HALF.fullmatch(value):
                fresh[value] = (name, f"left(md5(random()::text), {len(value)})")
            elif value.startswith("SFW-"):
                stem = value.rsplit("-", 1)[0]
                fresh[value] = (name, f"'{stem}-b' || left(md5(random()::text), 16)")
    variables = {}
    names = {value: name for value, (name, _) in fresh.items()}
    # One round trip more than the server needs: pgbench has no other way to make an id.
    script = "SELECT " + ", ".join(f"{how} AS {name}" for name, how in fresh.values()) + " \\gset\n"
    script += "".join(written(each, f"v{at}", variables, names) for at, each in enumerate(first))
    print(f"a recording takes {len(first)} statements")
    save(into, script, variables)


def main():
    kind, one, other, into = sys.argv[1:]
    if kind == "read":
        read(without_noise(heard(other), heard(one)), into)
    else:
        write(transaction(heard(one)), transaction(heard(other)), into)


main()
