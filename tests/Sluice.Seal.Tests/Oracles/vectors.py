"""Makes spec/vectors/keys.json and envelopes.json without any code of Sluice.

Needs python3 and, for AES-GCM, python3-cryptography. Run from the root of the repository:
    python3 tests/Sluice.Seal.Tests/Oracles/vectors.py
The inputs are fixed, so running it twice writes the same bytes.
"""

import hashlib
import hmac
import json
import struct
import zlib

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def base62(number, length):
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 62)
        text = DIGITS[digit] + text
    return text


def standard(prefix, environment, body):
    head = f"{prefix}_{environment}_{body}"
    return head + base62(zlib.crc32(head.encode()), 6)


def key(text, verdict, shape=None, environment=None, why=None):
    entry = {"text": text, "verdict": verdict}
    if shape:
        entry |= {"shape": shape, "environment": environment, "sha256": hashlib.sha256(text.encode()).hexdigest(),
                  "mask": text[:8] + "…" + text[-4:]}
    return entry | ({"why": why} if why else {})


def keys():
    body = "0123456789ABCDEFGHIJKLMNOP"
    good = standard("slc", "live", body)
    swapped = good[:9] + good[10] + good[9] + good[11:]
    hexes = hashlib.sha256(b"hex").hexdigest()
    entries = [
        key(good, "well_formed", "standard", "live"),
        key(standard("slc", "test", body), "well_formed", "standard", "test"),
        key(standard("slc", "live", "z" * 26), "well_formed", "standard", "live"),
        key(standard("old_one", "test", "AbCdEfGhIjKlMnOpQrStUvWxYz"), "well_formed", "standard", "test", "a former prefix, with an underscore inside"),
        key(standard("nxf", "live", body), "foreign", "standard", "live", "a prefix that is not ours"),
        key("nxf_test_" + "a" * 32, "foreign", "standard", "test", "another house's key has no checksum"),
        key(swapped, "bad_checksum", "standard", "live", "two characters swapped"),
        key(good[:-1] + ("0" if good[-1] != "0" else "1"), "bad_checksum", "standard", "live", "last digit changed"),
        key("slc_test_" + good[9:], "bad_checksum", "standard", "test", "environment changed"),
        key("slc_live_" + "0" * 32, "bad_checksum", "standard", "live", "made up"),
        key(hexes, "well_formed", "hex", "live"),
        key("client-healthcare-prod-" + body, "well_formed", "client", "live"),
        key("client-acme-eu-test-" + body + "abc", "well_formed", "client", "test", "a name with a hyphen"),
        key("client-a-live-" + body, "well_formed", "client", "live"),
        key("client-a-sandbox-" + body, "well_formed", "client", "test"),
        key("client-a-staging-" + body, "well_formed", "client", "test"),
        key("client-a-dev-" + body, "well_formed", "client", "test"),
        key("", "malformed"),
        key(good[:-1], "malformed", why="cut short"),
        key(good + "0", "malformed", why="too long"),
        key(" " + good, "malformed", why="leading space"),
        key(good + "\n", "malformed", why="line end"),
        key(good.replace("slc", "SLC"), "malformed", why="prefix in upper case"),
        key("slc_prod_" + good[9:], "malformed", why="no such environment"),
        key("_live_" + good[9:], "malformed", why="no prefix"),
        key("slc__live_" + good[9:], "malformed", why="prefix ends in an underscore"),
        key("a" * 17 + "_live_" + good[9:], "malformed", why="prefix too long"),
        key(good[:20] + "é" + good[21:], "malformed", why="not ASCII"),
        key(hexes[:-1], "malformed", why="63 digits"),
        key(hexes.upper(), "malformed", why="upper case"),
        key("client-healthcare-prod-a1b2c3", "malformed", why="hash too short"),
        key("client--prod-" + body, "malformed", why="no name"),
        key("client-a-qa-" + body, "malformed", why="no such environment"),
        key("client-" + "a" * 65 + "-prod-" + body, "malformed", why="name too long"),
        key("client-a-prod-" + "0" * 300, "malformed", why="more than 256 characters"),
    ]
    return {"prefixes": ["slc", "old_one"], "keys": entries}


def expand(material, purpose, length):
    """HKDF-Expand, RFC 5869 section 2.3, one block."""
    return hmac.new(material, purpose + b"\x01", hashlib.sha256).digest()[:length]


def encode(fields, version):
    out = bytes([len(fields)])
    for field in fields:
        raw = field.encode()
        out += struct.pack("<I", len(raw)) + raw
    return out + struct.pack("<q", version)


def seal(kind, material, nonce, plaintext, associated):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    name = expand(material, f"sluice {kind}-key id v1".encode(), 16)
    cipher = expand(material, f"sluice {kind}-key cipher v1".encode(), 32)
    header = b"\x01" + name
    return name, header + nonce + AESGCM(cipher).encrypt(nonce, plaintext, header + associated)


def envelopes():
    master, data = bytes(range(32)), bytes(range(32, 64))
    values = []
    for number, (plaintext, fields, version) in enumerate([
        (b"", ["secret", "01JTENANT", "live", "EMPTY"], 1),
        ("Grüße, Ada".encode(), ["secret", "01JTENANT", "live", "GREETER_SIGNATURE"], 1),
        ("Grüße, Ada".encode(), ["secret", "01JTENANT", "live", "GREETER_SIGNATURE"], 2),
        (bytes(range(256)) * 4, ["config", "01JTENANT", "test", "01JCONFIG", "BYTES"], 9007199254740993),
        (b"no fields", [], 0),
    ]):
        associated = encode(fields, version)
        name, sealed = seal("data", data, bytes([number] * 12), plaintext, associated)
        values.append({"fields": fields, "version": str(version), "associated_data": associated.hex(), "nonce": bytes([number] * 12).hex(),
                       "plaintext": plaintext.hex(), "sealed": sealed.hex()})
    owner = encode(["data-key", "01JTENANT"], 0)
    master_name, wrapped = seal("master", master, bytes([9] * 12), data, owner)
    sealed = bytes.fromhex(values[1]["sealed"])

    def broken(why, reason, changed, associated=None):
        return {"why": why, "reason": reason, "sealed": changed.hex(), "associated_data": associated or values[1]["associated_data"]}

    def flip(at):
        return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1:]

    return {
        "master_key": master.hex(), "master_key_id": master_name.hex(),
        "data_key": data.hex(), "data_key_id": name.hex(),
        "wrapped_data_key": {"associated_data": owner.hex(), "wrapped": wrapped.hex()},
        "values": values,
        "broken": [
            broken("empty", "format", b""),
            broken("cut to the header", "format", sealed[:44]),
            broken("unknown format", "format", b"\x02" + sealed[1:]),
            broken("another key's name", "key", flip(1)),
            broken("nonce changed", "authenticity", flip(17)),
            broken("ciphertext changed", "authenticity", flip(29)),
            broken("tag changed", "authenticity", flip(len(sealed) - 1)),
            broken("last byte missing", "authenticity", sealed[:-1]),
            broken("a byte more", "authenticity", sealed + b"\x00"),
            broken("moved to another version", "authenticity", sealed, values[2]["associated_data"]),
            broken("moved to another tenant", "authenticity", sealed, encode(["secret", "01JOTHER", "live", "GREETER_SIGNATURE"], 1).hex()),
        ],
    }


for path, made in (("keys", keys()), ("envelopes", envelopes())):
    with open(f"spec/vectors/{path}.json", "w", encoding="utf-8") as file:
        json.dump(made, file, indent=2, ensure_ascii=False)
        file.write("\n")
