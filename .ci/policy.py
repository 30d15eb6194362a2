#!/usr/bin/env python3
"""Check the tree of crates against deny.toml: licences, sources, bans, and duplicate versions.

`cargo deny check licenses bans sources` does the same; this needs nothing but cargo and Python 3.11, no download and no
database, so it runs wherever the project builds. It reads those keys of deny.toml that the project uses, and refuses a
key that it does not know, so that no rule is silently ignored.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KNOWN_KEYS = {
    "graph": {"targets"},
    "licenses": {"allow", "exceptions", "unused-allowed-license"},
    "sources": {"unknown-registry", "unknown-git"},
    "bans": {"wildcards", "multiple-versions", "deny", "skip"},
}


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def tree(targets):
    """The crates that are really built for the targets, features resolved: a set of (name, version)."""
    chosen = [word for target in targets for word in ("--target", target)]
    lines = cargo("tree", "--locked", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}", *chosen)
    return {(name, version) for name, version in re.findall(r"^(\S+) v(\S+)", lines, re.MULTILINE)}


def parse_licence(expression):
    """An SPDX expression as a list of alternatives, each the set of licences that must all be allowed."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))  # "MIT/Apache-2.0" is the old form of OR
    position = 0

    def peek():
        return tokens[position] if position < len(tokens) else None

    def take():
        nonlocal position
        position += 1
        return tokens[position - 1]

    def either():
        alternatives = both()
        while peek() == "OR":
            take()
            alternatives = alternatives + both()
        return alternatives

    def both():
        alternatives = single()
        while peek() == "AND":
            take()
            alternatives = [left | right for right in single() for left in alternatives]
        return alternatives

    def single():
        if peek() == "(":
            take()
            inner = either()
            if take() != ")":
                raise ValueError(expression)
            return inner
        name = take()
        if peek() == "WITH":
            take()
            name = f"{name} WITH {take()}"
        return [{name}]

    alternatives = either()
    if peek() is not None:
        raise ValueError(expression)
    return alternatives


def check_licences(rules, packages):
    allowed, used = set(rules["allow"]), set()
    exceptions = {entry["crate"]: set(entry["allow"]) for entry in rules.get("exceptions", [])}
    needed_exceptions = set()
    for (name, version), package in sorted(packages.items()):
        if not package["license"]:
            yield f"licence: {name} {version} names none"
            continue
        acceptable = allowed | exceptions.get(name, set())
        chosen = [names for names in parse_licence(package["license"]) if names <= acceptable]
        if not chosen:
            yield f"licence: {name} {version} is under {package['license']!r}"
        for names in chosen:
            used |= names & allowed
            if names - allowed:
                needed_exceptions.add(name)
    for licence in sorted(allowed - used):
        yield f"licence: {licence} is allowed, but no crate needs it"
    for name in sorted(exceptions.keys() - needed_exceptions):
        yield f"licence: the exception for {name} is no longer needed"


def check_sources(packages):
    """Cargo's default registry only. A dependency that comes from another one names it; the default has no name."""
    for (name, version), package in sorted(packages.items()):
        own = package["source"] is None and Path(package["manifest_path"]).parent == ROOT
        if not own and not (package["source"] or "").startswith("registry+"):
            yield f"source: {name} {version} comes from {package['source'] or package['manifest_path']}"
        for dependency in package["dependencies"]:
            if dependency["registry"] is not None:
                yield f"source: {name} {version} takes {dependency['name']} from {dependency['registry']}"


def check_bans(rules, packages):
    reasons = {entry["crate"]: entry["reason"] for entry in rules["deny"]}
    for name, version in sorted(packages):
        if name in reasons:
            yield f"banned: {name} {version}: {reasons[name]} (see `cargo tree -i {name}`)"
    for package in packages.values():
        if package["source"] is None:
            for dependency in package["dependencies"]:
                if dependency["req"] == "*":
                    yield f"banned: {dependency['name']} = \"*\" takes any version"


def check_duplicates(rules, packages):
    versions = defaultdict(list)
    for name, version in sorted(packages):
        versions[name].append(version)
    skipped = defaultdict(set)
    for entry in rules["skip"]:
        name, _, prefix = entry["crate"].partition(":")
        matching = {version for version in versions[name] if version.startswith(prefix + ".")}
        if len(versions[name]) < 2 or not matching:
            yield f"duplicate: the skip entry {entry['crate']} is no longer needed"
        if not entry.get("reason"):
            yield f"duplicate: the skip entry {entry['crate']} lacks a reason"
        skipped[name] |= matching
    for name, found in sorted(versions.items()):
        left = [version for version in found if version not in skipped[name]]
        if len(left) > 1:
            yield f"duplicate: {name} in versions {', '.join(found)} (see `cargo tree -d`)"


def main():
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    faults = [
        f"deny.toml: this check does not know [{section}] {key}"
        for section, keys in rules.items()
        for key in keys
        if key not in KNOWN_KEYS.get(section, set())
    ]
    built = tree(rules["graph"]["targets"])
    metadata = json.loads(cargo("metadata", "--locked", "--format-version", "1"))
    packages = {(p["name"], p["version"]): p for p in metadata["packages"] if (p["name"], p["version"]) in built}
    faults += [f"cargo tree names {name} {version}, cargo metadata does not" for name, version in built - packages.keys()]
    faults += check_licences(rules["licenses"], packages)
    faults += check_sources(packages)
    faults += check_bans(rules["bans"], packages)
    faults += check_duplicates(rules["bans"], packages)
    for fault in faults:
        print(fault)
    print(f"{len(packages)} crates judged by deny.toml, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
