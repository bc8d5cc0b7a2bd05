using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sluice.Seal;

/// <summary>
/// The one way to write a JSON object as bytes, so that two programs hash and sign the same: RFC 8785, for strings, whole numbers, truth
/// values, null, arrays and objects. Members stand in the order of their names, nothing stands between, and a string escapes only what it must.
/// </summary>
public sealed class CanonicalJson
{
    /// <summary>The largest whole number that every JSON reader keeps exactly.</summary>
    public const long LargestNumber = (1L << 53) - 1;

    private readonly ArrayBufferWriter<byte> bytes = new(512);
    private string last = "";

    /// <summary>Begins an object; add its members in the order of their names.</summary>
    public CanonicalJson() => Put("{"u8);

    /// <summary>Adds a text, or nothing when it is null.</summary>
    /// <exception cref="ArgumentException">The name does not come after the one before it.</exception>
    public CanonicalJson Add(string name, string? value)
    {
        if (value is not null)
        {
            Name(name);
            Text(value);
        }
        return this;
    }

    /// <summary>Adds a whole number.</summary>
    /// <param name="name">Comes after the one before it.</param>
    /// <param name="value">From -(2^53 - 1) to 2^53 - 1.</param>
    /// <exception cref="ArgumentException">The name does not come after the one before it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Not every reader would keep the number.</exception>
    public CanonicalJson Add(string name, long value)
    {
        Name(name);
        Number(value);
        return this;
    }

    /// <summary>Adds the member with the value true, or nothing.</summary>
    /// <exception cref="ArgumentException">The name does not come after the one before it.</exception>
    public CanonicalJson AddIf(string name, bool value)
    {
        if (value)
        {
            Name(name);
            Put("true"u8);
        }
        return this;
    }

    /// <summary>Adds an object of texts, or nothing when it is empty.</summary>
    /// <exception cref="ArgumentException">The name does not come after the one before it.</exception>
    public CanonicalJson Add(string name, IReadOnlyCollection<KeyValuePair<string, string>> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count > 0)
        {
            Name(name);
            Put(OfTexts(texts));
        }
        return this;
    }

    /// <summary>The object, whole. Nothing can be added afterwards.</summary>
    public byte[] End()
    {
        Put("}"u8);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>An object of texts.</summary>
    public static byte[] OfTexts(IReadOnlyCollection<KeyValuePair<string, string>> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var json = new CanonicalJson();
        foreach (var (name, text) in texts.OrderBy(each => each.Key, StringComparer.Ordinal))
            json.Add(name, text);
        return json.End();
    }

    /// <summary>An object that was read, written canonically.</summary>
    /// <param name="json">An object.</param>
    /// <param name="without">A member of the object that is left out, such as the hash of the others.</param>
    /// <exception cref="FormatException">It holds what is never signed: a fraction, or a number that is too large.</exception>
    public static byte[] Of(JsonElement json, string? without = null)
    {
        var writer = new CanonicalJson();
        foreach (
            var member in json.EnumerateObject()
                .Where(member => member.Name != without)
                .OrderBy(member => member.Name, StringComparer.Ordinal)
        )
        {
            writer.Name(member.Name);
            writer.Value(member.Value);
        }
        return writer.End();
    }

    private void Value(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                Text(value.GetString()!);
                break;
            case JsonValueKind.Number:
                if (
                    !value.TryGetInt64(out var number)
                    || Math.Abs(number) > LargestNumber
                    || value.GetRawText() != number.ToString(CultureInfo.InvariantCulture)
                )
                    throw new FormatException("Numbers are whole, and below 2^53.");
                Number(number);
                break;
            case JsonValueKind.Object:
                Put(Of(value));
                break;
            case JsonValueKind.Array:
                Put("["u8);
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    if (index > 0)
                        Put(","u8);
                    Value(item);
                }
                Put("]"u8);
                break;
            default:
                Put(Encoding.UTF8.GetBytes(value.GetRawText()));
                break;
        }
    }

    private void Name(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (string.CompareOrdinal(last, name) >= 0)
            throw new ArgumentException($"{name} does not come after {last}.", nameof(name));
        if (last.Length > 0)
            Put(","u8);
        last = name;
        Text(name);
        Put(":"u8);
    }

    private void Number(long value)
    {
        if (Math.Abs(value) > LargestNumber)
            throw new ArgumentOutOfRangeException(nameof(value));
        Put(Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
    }

    // RFC 8785, 3.2.2.2: two-character escapes where there are some, \u00xx for the other control characters, all else as it is.
    private void Text(string text)
    {
        Put("\""u8);
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('"' or '\\' or < ' '))
                continue;
            Plain(text.AsSpan(from, i - from));
            from = i + 1;
            Put(
                text[i] switch
                {
                    '"' => "\\\""u8,
                    '\\' => "\\\\"u8,
                    '\b' => "\\b"u8,
                    '\t' => "\\t"u8,
                    '\n' => "\\n"u8,
                    '\f' => "\\f"u8,
                    '\r' => "\\r"u8,
                    var other => Encoding.ASCII.GetBytes($"\\u{(int)other:x4}"),
                }
            );
        }
        Plain(text.AsSpan(from));
        Put("\""u8);
    }

    private void Plain(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, bytes);

    private void Put(ReadOnlySpan<byte> more) => bytes.Write(more);
}
