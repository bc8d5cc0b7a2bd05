"""Numbers, texts and bytes on the wire. Only the cheapest modules are imported: a cold call pays for them."""

from struct import Struct, unpack_from

# A package may call a message "str" or "len"; generated code uses these names instead of the built-in ones.
join = b"".join
text = str
whole = int
of_bytes = bytes
length = len
in_order = sorted
is_instance = isinstance

# The encoded form of the numbers below 128, which are most lengths and many values.
SMALL = tuple(bytes((i,)) for i in range(128))

_FLOAT, _DOUBLE = Struct("<f"), Struct("<d")
_U32, _U64 = Struct("<I"), Struct("<Q")
_I32, _I64 = Struct("<i"), Struct("<q")
pack_double, pack_fixed32, pack_fixed64 = _DOUBLE.pack, _U32.pack, _U64.pack
pack_sfixed32, pack_sfixed64 = _I32.pack, _I64.pack
unpack_float, unpack_double = _FLOAT.unpack_from, _DOUBLE.unpack_from
unpack_fixed32, unpack_fixed64 = _U32.unpack_from, _U64.unpack_from
unpack_sfixed32, unpack_sfixed64 = _I32.unpack_from, _I64.unpack_from

ZERO4, ZERO8 = bytes(4), bytes(8)


# ---- writing


def varint(value):
    """An unsigned number of up to 64 bits."""
    if value < 128:
        return SMALL[value]
    if value < 16384:
        return of_bytes((value & 127 | 128, value >> 7))
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return of_bytes(out)


def _whole(value, low, high):
    value = value.__index__()
    if not low <= value <= high:
        raise ValueError("out of range")
    return value


def write_int32(value):
    return varint(_whole(value, -0x80000000, 0x7FFFFFFF) & 0xFFFFFFFFFFFFFFFF)


def write_int64(value):
    return varint(_whole(value, -0x8000000000000000, 0x7FFFFFFFFFFFFFFF) & 0xFFFFFFFFFFFFFFFF)


def write_uint32(value):
    return varint(_whole(value, 0, 0xFFFFFFFF))


def write_uint64(value):
    return varint(_whole(value, 0, 0xFFFFFFFFFFFFFFFF))


def write_sint32(value):
    value = _whole(value, -0x80000000, 0x7FFFFFFF)
    return varint(value << 1 if value >= 0 else ~(value << 1))


def write_sint64(value):
    value = _whole(value, -0x8000000000000000, 0x7FFFFFFFFFFFFFFF)
    return varint(value << 1 if value >= 0 else ~(value << 1))


write_enum = write_int32


def write_bool(value):
    if value is True or value is False or value.__index__() in (0, 1):
        return SMALL[1 if value else 0]
    raise ValueError("out of range")


def write_float(value):
    try:
        return _FLOAT.pack(value)
    except OverflowError:
        return _FLOAT.pack(float("inf") if value > 0 else float("-inf"))


write_double = pack_double


def write_fixed32(value):
    return pack_fixed32(value)


def write_fixed64(value):
    return pack_fixed64(value)


def write_sfixed32(value):
    return pack_sfixed32(value)


def write_sfixed64(value):
    return pack_sfixed64(value)


def write_string(value):
    data = value.encode()
    return varint(len(data)) + data


def write_bytes(value):
    if value.__class__ is not of_bytes:
        if not is_instance(value, (of_bytes, bytearray, memoryview)):
            raise TypeError("expected bytes")
        value = of_bytes(value)
    return varint(len(value)) + value


def write_message(value):
    data = value._encode()
    return varint(len(data)) + data


# ---- reading


def read_varint(data, pos):
    """The value, of at most ten bytes and 64 bits, and the position behind it."""
    value = data[pos]
    pos += 1
    if value < 128:
        return value, pos
    value &= 127
    shift = 7
    while True:
        byte = data[pos]
        pos += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & 0xFFFFFFFFFFFFFFFF, pos
        shift += 7
        if shift > 63:
            raise IndexError


def read_tag(data, pos):
    tag, pos = read_varint(data, pos)
    if tag > 0xFFFFFFFF:
        raise IndexError
    return tag, pos


def int32(value):
    value &= 0xFFFFFFFF
    return value - 0x100000000 if value > 0x7FFFFFFF else value


def int64(value):
    return value - 0x10000000000000000 if value > 0x7FFFFFFFFFFFFFFF else value


def uint32(value):
    return value & 0xFFFFFFFF


def sint32(value):
    value &= 0xFFFFFFFF
    return value >> 1 ^ -(value & 1)


def sint64(value):
    return value >> 1 ^ -(value & 1)


def packed(data, pos, stop):
    """Numbers side by side, up to stop exactly."""
    values = []
    while pos < stop:
        value = data[pos]
        pos += 1
        if value > 127:
            value, pos = read_varint(data, pos - 1)
        values.append(value)
    if pos != stop:
        raise IndexError
    return values


def packed_fixed(code, size, data, pos, stop):
    count, rest = divmod(stop - pos, size)
    if rest:
        raise IndexError
    return unpack_from("<%d%s" % (count, code), data, pos)


def skip(tag, data, pos, end, depth=0):
    """The position behind the value of an unknown field."""
    wire = tag & 7
    if tag < 8:
        raise IndexError
    if wire == 0:
        pos = read_varint(data, pos)[1]
    elif wire == 1:
        pos += 8
    elif wire == 2:
        length, pos = read_varint(data, pos)
        pos += length
    elif wire == 5:
        pos += 4
    elif wire == 3 and depth < 100:
        while True:
            inner, pos = read_tag(data, pos)
            if inner == tag + 1:
                break
            pos = skip(inner, data, pos, end, depth + 1)
    else:
        raise IndexError
    if pos > end:
        raise IndexError
    return pos
