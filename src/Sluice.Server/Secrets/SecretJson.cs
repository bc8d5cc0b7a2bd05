using System.Text;
using Sluice.Language;

namespace Sluice.Server.Secrets;

/// <summary>
/// Reads <c>{"value": "…", "replace": true}</c> where it lies, in pinned bytes, and decodes the value into other pinned bytes. The general
/// JSON readers are not used because they make strings, of values and in the texts of their errors.
/// </summary>
internal ref struct SecretJson(ReadOnlySpan<byte> json, List<Mistake> mistakes)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private readonly List<Mistake> _mistakes = mistakes;
    private int _at;

    /// <summary>The value's bytes between its quotes, still escaped; meaningful when there are no mistakes.</summary>
    public ReadOnlySpan<byte> RawValue { get; private set; }

    public bool Replace { get; private set; }

    /// <summary>Reads the whole document. A mistake in the grammar ends the reading; all others are collected.</summary>
    public void Read()
    {
        var (hasValue, hasReplace) = (false, false);
        if (!Expect((byte)'{', "expected a JSON object"))
            return;
        SkipSpace();
        if (Next == '}')
        {
            _at++;
        }
        else
        {
            do
            {
                SkipSpace();
                var start = _at;
                if (
                    !ReadString(out var name)
                    || !Expect((byte)':', "expected ':' after a member's name")
                )
                    return;
                SkipSpace();
                var valueStart = _at;
                var read =
                    name.SequenceEqual("value"u8)
                        ? Once(ref hasValue, start, "value") && ReadValue()
                    : name.SequenceEqual("replace"u8)
                        ? Once(ref hasReplace, start, "replace") && ReadReplace()
                    : Unknown(start);
                if (!read && !SkipValue(valueStart))
                    return;
                SkipSpace();
            } while (TryTake((byte)','));
            if (!Expect((byte)'}', "expected ',' or '}' after a member"))
                return;
        }
        SkipSpace();
        if (_at < _json.Length)
            Mistake("json", "expected nothing after the object", _at);
        if (!hasValue)
            _mistakes.Add(
                new Mistake(
                    "value",
                    "value is needed: the secret, as a JSON string",
                    Where: "value"
                )
            );
    }

    /// <summary>Writes the value, unescaped, into the destination, which is at least as long as the raw value.</summary>
    /// <returns>How many bytes it has.</returns>
    public static int Decode(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        var length = 0;
        for (var at = 0; at < raw.Length; at++)
        {
            if (raw[at] != '\\')
            {
                destination[length++] = raw[at];
                continue;
            }
            at++;
            if (raw[at] != 'u')
            {
                destination[length++] = raw[at] switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    var itself => itself,
                };
                continue;
            }
            var unit = (char)Hex(raw.Slice(at + 1, 4));
            at += 4;
            var rune = char.IsHighSurrogate(unit)
                ? new Rune(unit, (char)Hex(raw.Slice(at + 3, 4)))
                : new Rune(unit);
            at += char.IsHighSurrogate(unit) ? 6 : 0;
            length += rune.EncodeToUtf8(destination[length..]);
        }
        return length;
    }

    private readonly int Next => _at < _json.Length ? _json[_at] : -1;

    private bool Once(ref bool seen, int start, string name)
    {
        if (seen)
            Mistake("duplicate_member", $"{name} is given twice", start, name);
        var first = !seen;
        seen = true;
        return first;
    }

    private readonly bool Unknown(int start)
    {
        Mistake("unknown_member", "expected only the members value and replace", start);
        return false;
    }

    private bool ReadValue()
    {
        var start = _at;
        if (Next != '"')
        {
            Mistake("value", "value is a JSON string", start, "value");
            return false;
        }
        if (!ReadString(out var raw))
            return false;
        RawValue = raw;
        if (raw.IsEmpty)
            Mistake("value", "value is empty; to have no secret, delete it", start, "value");
        return true;
    }

    private bool ReadReplace()
    {
        var rest = _json[_at..];
        var (yes, no) = (rest.StartsWith("true"u8), rest.StartsWith("false"u8));
        if (!yes && !no)
        {
            Mistake("replace", "replace is true or false", _at, "replace");
            return false;
        }
        _at += yes ? 4 : 5;
        Replace = yes;
        return true;
    }

    /// <summary>Reads a string and checks every byte of it: escapes, pairs of surrogates, UTF-8, no raw control characters.</summary>
    private bool ReadString(out ReadOnlySpan<byte> raw)
    {
        raw = default;
        if (!Expect((byte)'"', "expected '\"'"))
            return false;
        var start = _at;
        while (Next != '"')
        {
            var letter = _at;
            switch (Next)
            {
                case -1:
                    return Mistake("json", "the string does not end", start);
                case < 0x20:
                    return Mistake(
                        "json",
                        "a control character in a string is written as an escape",
                        letter
                    );
                case '\\' when !TakeEscape():
                    return Mistake(
                        "json",
                        "not an escape that JSON has, or half of a surrogate pair",
                        letter
                    );
                case '\\':
                    break;
                default:
                    _at++;
                    break;
            }
        }
        raw = _json[start.._at++];
        return System.Text.Unicode.Utf8.IsValid(raw)
            || Mistake("json", "the string is not valid UTF-8", start);
    }

    private bool TakeEscape()
    {
        var rest = _json[_at..];
        if (rest.Length < 2)
            return false;
        if (rest[1] != 'u')
        {
            _at += 2;
            return "\"\\/bfnrt"u8.Contains(rest[1]);
        }
        var unit = rest.Length >= 6 ? Hex(rest[2..6]) : -1;
        if (unit < 0 || char.IsLowSurrogate((char)unit))
            return false;
        _at += 6;
        if (!char.IsHighSurrogate((char)unit))
            return true;
        var low = rest.Length >= 12 && rest[6] == '\\' && rest[7] == 'u' ? Hex(rest[8..12]) : -1;
        _at += 6;
        return low >= 0 && char.IsLowSurrogate((char)low);
    }

    // The document is refused already; what stands here is stepped over, without depth, to find the mistakes behind it.
    private bool SkipValue(int start)
    {
        _at = start;
        var depth = 0;
        do
        {
            SkipSpace();
            switch (Next)
            {
                case -1:
                    return Mistake("json", "the document does not end", _at);
                case '"' when !ReadString(out _):
                    return false;
                case '"':
                    break;
                case '{' or '[':
                    depth++;
                    _at++;
                    break;
                case '}' or ']':
                    if (--depth < 0)
                        return Mistake("json", "expected a value", _at);
                    _at++;
                    break;
                case ',' or ':' when depth == 0:
                    return Mistake("json", "expected a value", _at);
                case ',' or ':':
                    _at++;
                    break;
                default:
                    while (
                        Next
                            is not (
                                -1
                                or ','
                                or ':'
                                or '}'
                                or ']'
                                or '{'
                                or '['
                                or '"'
                                or ' '
                                or '\t'
                                or '\r'
                                or '\n'
                            )
                    )
                        _at++;
                    break;
            }
        } while (depth > 0);
        return true;
    }

    private bool Expect(byte wanted, string otherwise)
    {
        SkipSpace();
        return TryTake(wanted) || Mistake("json", otherwise, _at);
    }

    private bool TryTake(byte wanted)
    {
        if (Next != wanted)
            return false;
        _at++;
        return true;
    }

    private void SkipSpace()
    {
        while (Next is ' ' or '\t' or '\r' or '\n')
            _at++;
    }

    private readonly bool Mistake(string code, string message, int at, string? where = null)
    {
        var before = _json[..Math.Min(at, _json.Length)];
        var line = before.Count((byte)'\n') + 1;
        var column = 1;
        foreach (var letter in before[(before.LastIndexOf((byte)'\n') + 1)..])
        {
            // In UTF-16 units: continuation bytes count nothing, four-byte characters two.
            column +=
                (letter & 0xC0) == 0x80 ? 0
                : letter >= 0xF0 ? 2
                : 1;
        }
        _mistakes.Add(new Mistake(code, message, Line: line, Column: column, Where: where));
        return false;
    }

    private static int Hex(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return -1;
            number = (number << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }
        return number;
    }
}
