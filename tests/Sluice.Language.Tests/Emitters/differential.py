"""Compares the generated classes with the official ones, on random messages. Prints a line for each: type, bytes, JSON."""

import base64
import math
import random
import struct
import sys

sys.path.insert(0, "official")
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor as F
from messages import messages_pb2 as official
from gen import messages_pb2 as ours

chance = random.Random(int(sys.argv[1]))
TEXTS = ["", "a", "héllo", "😀", "x" * 200, "\x00\u2028\"\\"]


def pick_int(bits, signed):
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return chance.choice([0, 1, low, high, chance.randint(low, high), min(high, chance.randint(0, 300))])


def scalar(f):
    t = f.type
    if t in (F.TYPE_INT32, F.TYPE_SINT32, F.TYPE_SFIXED32):
        return pick_int(32, True)
    if t in (F.TYPE_INT64, F.TYPE_SINT64, F.TYPE_SFIXED64):
        return pick_int(64, True)
    if t in (F.TYPE_UINT32, F.TYPE_FIXED32):
        return pick_int(32, False)
    if t in (F.TYPE_UINT64, F.TYPE_FIXED64):
        return pick_int(64, False)
    if t == F.TYPE_BOOL:
        return chance.random() < 0.5
    if t == F.TYPE_STRING:
        return chance.choice(TEXTS)
    if t == F.TYPE_BYTES:
        return bytes(chance.randrange(256) for _ in range(chance.choice([0, 1, 2, 3, 130])))
    if t == F.TYPE_ENUM:
        if f.enum_type.name == "NullValue":
            return 0
        return chance.choice([0, 1, -1 if f.enum_type.name == "Mood" else 1, 77])
    value = chance.choice([0.0, 1.5, -1e300, 1e-310, math.inf, -math.inf, math.nan, chance.random() * 1e6])
    if f.containing_type.full_name == "google.protobuf.Value":
        return chance.random() * 1000
    return struct.unpack("<f", struct.pack("<f", value))[0] if t == F.TYPE_FLOAT and abs(value) < 1e38 else value if t != F.TYPE_FLOAT or not math.isfinite(value) else 2.5


def is_map(f):
    return f.message_type is not None and f.message_type.GetOptions().map_entry


def fill(m, depth):
    d = m.DESCRIPTOR
    if d.full_name == "google.protobuf.Timestamp":
        m.seconds, m.nanos = chance.randint(-62135596800, 253402300799), chance.choice([0, 1, 500000000, 999999000])
        return
    if d.full_name == "google.protobuf.Duration":
        sign = chance.choice([1, -1])
        m.seconds, m.nanos = sign * chance.randint(0, 315575999999), sign * chance.choice([0, 1, 500000000])
        return
    oneofs = {}
    for f in d.fields:
        if f.containing_oneof is not None and len(f.containing_oneof.fields) > 1:
            oneofs.setdefault(f.containing_oneof.name, []).append(f)
    chosen = {chance.choice(fields).name for fields in oneofs.values()}
    grouped = {f.name for fields in oneofs.values() for f in fields}
    for f in d.fields:
        if chance.random() < 0.35 or f.name in grouped and f.name not in chosen:
            continue
        if is_map(f):
            key, value = f.message_type.fields_by_name["key"], f.message_type.fields_by_name["value"]
            for _ in range(chance.randint(0, 3)):
                if value.message_type is None:
                    getattr(m, f.name)[scalar(key)] = scalar(value)
                elif depth < 4:
                    fill(getattr(m, f.name)[scalar(key)], depth + 1)
        elif f.label == F.LABEL_REPEATED:
            for _ in range(chance.randint(0, 4)):
                if f.message_type is None:
                    getattr(m, f.name).append(scalar(f))
                elif depth < 4:
                    fill(getattr(m, f.name).add(), depth + 1)
        elif f.message_type is None:
            setattr(m, f.name, scalar(f))
        elif depth < 4:
            getattr(m, f.name).SetInParent()
            fill(getattr(m, f.name), depth + 1)


def same(a, b):
    return a == b and math.copysign(1, a) == math.copysign(1, b) if isinstance(a, float) and a == a else (a != a) == (b != b) and (a != a or a == b)


def compare(o, u, path):
    for f in o.DESCRIPTOR.fields:
        at = f"{path}.{f.name}"
        a, b = getattr(o, f.name), getattr(u, f.name)
        if is_map(f):
            assert set(a) == set(b), at
            for key in a:
                if f.message_type.fields_by_name["value"].message_type is None:
                    assert same(a[key], b[key]), at
                else:
                    compare(a[key], b[key], at)
        elif f.label == F.LABEL_REPEATED:
            assert len(a) == len(b), at
            for x, y in zip(a, b):
                same(x, y) if f.message_type is None else compare(x, y, at)
        else:
            if f.message_type is not None or f.containing_oneof is not None:
                assert o.HasField(f.name) == u.HasField(f.name), at
                if not o.HasField(f.name):
                    continue
            if f.message_type is None:
                assert same(a, b), (at, a, b)
            else:
                compare(a, b, at)
    for oneof in o.DESCRIPTOR.oneofs:
        if oneof.name.startswith("choice"):
            assert o.WhichOneof(oneof.name) == u.WhichOneof(oneof.name), path


def rebuild(o, cls):
    values = {}
    for f in o.DESCRIPTOR.fields:
        value = getattr(o, f.name)
        if is_map(f):
            inner = f.message_type.fields_by_name["value"].message_type
            values[f.name] = {k: v if inner is None else rebuild(v, class_of(v)) for k, v in value.items()}
        elif f.label == F.LABEL_REPEATED:
            values[f.name] = [v if f.message_type is None else rebuild(v, class_of(v)) for v in value]
        elif f.message_type is not None:
            values[f.name] = rebuild(value, class_of(value)) if o.HasField(f.name) else None
        elif f.containing_oneof is None or o.HasField(f.name):
            values[f.name] = value
    return cls(**values)


def class_of(o):
    d, names = o.DESCRIPTOR, []
    while d is not None:
        names.insert(0, d.name)
        d = d.containing_type
    found = ours
    for name in names:
        found = getattr(found, name)
    return found


def types():
    for name in official.DESCRIPTOR.message_types_by_name:
        yield getattr(official, name)


count = 0
for official_type in types():
    our_type = getattr(ours, official_type.DESCRIPTOR.name)
    for _ in range(int(sys.argv[2])):
        o = official_type()
        fill(o, 0)
        data = o.SerializeToString(deterministic=True)
        u = our_type.FromString(data)
        compare(o, u, official_type.DESCRIPTOR.name)
        again = u.SerializeToString()
        assert official_type.FromString(again).SerializeToString(deterministic=True) == data
        assert len(again) == len(data), official_type
        built = rebuild(o, our_type).SerializeToString()
        assert official_type.FromString(built).SerializeToString(deterministic=True) == data
        if b"nan" not in repr(u).encode():
            assert u == our_type.FromString(again)
        # Any cut is read by both or by neither, and unknown fields survive.
        cut = data[: chance.randint(0, len(data))]
        def read(cls):
            try:
                return cls.FromString(cut).SerializeToString()
            except Exception:
                return None
        x, y = read(official_type), read(our_type)
        assert (x is None) == (y is None), (official_type, cut)
        for other in types():
            # Implementations differ in what they keep of unknown fields inside the entries of maps.
            if any(is_map(f) for f in other.DESCRIPTOR.fields):
                continue
            try:
                other.FromString(data)
            except Exception:
                continue
            kept = getattr(ours, other.DESCRIPTOR.name).FromString(data).SerializeToString()
            expected = other.FromString(data).SerializeToString(deterministic=True)
            assert other.FromString(kept).SerializeToString(deterministic=True) == expected
        json = json_format.MessageToJson(o, indent=None)
        print(official_type.DESCRIPTOR.full_name, base64.b64encode(data).decode(), json, sep="\t")
