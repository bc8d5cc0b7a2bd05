#!/usr/bin/env python3
"""Verifies a copy of a ledger by spec/ledger.md alone; shares no line with Sluice and needs nothing but Python.

usage: verify_ledger.py COPY [CHECKPOINT ...]     (a checkpoint is a file with one line that was kept elsewhere)
"""
import base64
import hashlib
import json
import sys

# P-256 (FIPS 186-5, SP 800-186).
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
A = P - 3
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
# Of a SubjectPublicKeyInfo with an uncompressed point: everything before x and y.
INFO = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


def add(one, other):
    if one is None or other is None:
        return one or other
    if one[0] == other[0]:
        if (one[1] + other[1]) % P == 0:
            return None
        slope = (3 * one[0] * one[0] + A) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(number, point):
    sum_ = None
    while number:
        if number & 1:
            sum_ = add(sum_, point)
        point = add(point, point)
        number >>= 1
    return sum_


def signed(public, message, signature):
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not (0 < r < N and 0 < s < N):
        return False
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    inverse = pow(s, -1, N)
    point = add(times(digest * inverse % N, G), times(r * inverse % N, public))
    return point is not None and point[0] % N == r


def canonical(line, without):
    rest = {name: value for name, value in line.items() if name != without}
    return json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def fail(kind, seq, detail):
    print(f"{kind} at {seq}: {detail}")
    sys.exit(1)


def main(copy, *kept):
    keys, checkpoints, hashes, chain = {}, [], {}, None
    last, previous = 0, "0" * 64
    for text in open(copy, encoding="utf-8"):
        line = json.loads(text)
        if line["type"] == "key":
            info = base64.b64decode(line["public_key"])
            assert info.startswith(INFO) and len(info) == len(INFO) + 64, "not a key on P-256"
            assert line["kid"] == hashlib.sha256(info).hexdigest()[:32], "not the key's name"
            numbers = info[len(INFO):]
            keys[line["kid"]] = (int.from_bytes(numbers[:32], "big"), int.from_bytes(numbers[32:], "big"))
        elif line["type"] == "checkpoint":
            checkpoints.append(line)
            if line.get("anchor"):
                last, previous = line["seq"], line["hash"]
        else:
            chain = chain or line["chain"]
            if line["chain"] != chain:
                fail("foreign", last + 1, "an entry of another ledger")
            if line["seq"] != last + 1:
                fail("missing", last + 1, f"entry {line['seq']} stands in its place")
            if hashlib.sha256(canonical(line, "hash")).hexdigest() != line["hash"]:
                fail("changed", line["seq"], "its hash does not fit")
            if line["prev"] != previous:
                fail("broken_link", line["seq"], "it does not follow from the one before")
            last, previous = line["seq"], line["hash"]
            hashes[last] = previous
    checkpoints += [json.load(open(name, encoding="utf-8")) for name in kept]
    newest = 0
    for line in sorted(checkpoints, key=lambda each: each["seq"]):
        signature = base64.b64decode(line["signature"])
        if line["kid"] not in keys or not signed(keys[line["kid"]], canonical(line, "signature"), signature):
            fail("bad_signature", line["seq"], "the checkpoint is not signed by a key of the copy")
        if line["seq"] > last:
            fail("tail_missing", last + 1, f"a checkpoint signs {line['seq']}")
        if hashes.get(line["seq"], line["hash"]) != line["hash"]:
            fail("rewritten", line["seq"], "a checkpoint signs another one")
        newest = line["seq"]
    if newest < last:
        fail("unsigned", newest + 1, "no checkpoint after it")
    print(f"holds: {len(hashes)} entries to {last}, {len(checkpoints)} checkpoints, signed by {', '.join(sorted(keys))}")


if __name__ == "__main__":
    main(*sys.argv[1:])
