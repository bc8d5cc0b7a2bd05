using System.Text;
using Microsoft.Extensions.Primitives;
using Sluice.Seal;
using Sluice.Server.Secrets;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Secrets;

/// <summary>
/// A form with a secret's value in it. The framework's reader of forms makes strings, so the bytes are read here, in pinned memory that
/// is zeroed: the value is decoded in place and written as the body that the act takes.
/// </summary>
internal sealed class SecretForm : IDisposable
{
    /// <summary>Field of the value.</summary>
    public const string Value = "value";

    private readonly PinnedSecret _body;

    private SecretForm(Posted posted, PinnedSecret body) => (Posted, _body) = (posted, body);

    /// <summary>All fields but the value.</summary>
    public Posted Posted { get; }

    /// <summary>The JSON that saving a secret takes.</summary>
    public ReadOnlyMemory<byte> Body => _body.Memory;

    public void Dispose() => _body.Dispose();

    public static async Task<Outcome<SecretForm>> Read(Visit visit)
    {
        if (
            visit.Context.Request.ContentType?.StartsWith(
                "application/x-www-form-urlencoded",
                StringComparison.OrdinalIgnoreCase
            ) != true
        )
            return CommonRefusals.InvalidBody;
        var raw = await SecretBody.ReadBytes(visit.Context);
        if (raw.Refused)
            return raw.Refusal;
        using var bytes = raw.Value;
        return Parse(bytes.Span, visit.Check);
    }

    /// <summary>Reads a form; its bytes are decoded where they are, and stay the caller's to zero.</summary>
    /// <param name="check">What stands against the form, by its proof and environment; null for nothing.</param>
    internal static SecretForm Parse(Span<byte> form, Func<string, string, Refusal?> check)
    {
        var fields = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        var (from, length) = (0, 0);
        for (var at = 0; at < form.Length; )
        {
            var rest = form[at..];
            var pair = rest.IndexOf((byte)'&') is var end and >= 0 ? rest[..end] : rest;
            var name = pair.IndexOf((byte)'=') is var equals and >= 0 ? pair[..equals] : pair;
            var value = name.Length < pair.Length ? pair[(name.Length + 1)..] : [];
            if (name.SequenceEqual("value"u8))
                (from, length) = (at + name.Length + 1, Decode(value));
            else
                fields[Encoding.UTF8.GetString(name[..Decode(name)])] = Encoding.UTF8.GetString(
                    value[..Decode(value)]
                );
            at += pair.Length + 1;
        }
        var posted = new Posted(fields);
        return new SecretForm(
            posted with
            {
                Refusal =
                    check(posted[Posted.Token], posted[Posted.Environment])
                    ?? (length == 0 ? NoValue : null),
            },
            Json(length == 0 ? [] : form.Slice(from, length), posted.Has("replace"))
        );
    }

    private static readonly Refusal NoValue = CommonRefusals.InvalidInput.With([
        new Language.Mistake(Value, "a value is needed", Where: Value),
    ]);

    /// <summary>Takes <c>+</c> and <c>%XX</c> back, in place.</summary>
    /// <returns>How many bytes are left.</returns>
    private static int Decode(Span<byte> text)
    {
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (
                text[at] == '%'
                && at + 2 < text.Length
                && char.IsAsciiHexDigit((char)text[at + 1])
                && char.IsAsciiHexDigit((char)text[at + 2])
            )
            {
                text[length++] = (byte)((Digit(text[at + 1]) << 4) | Digit(text[at + 2]));
                at += 2;
            }
            else
            {
                text[length++] = text[at] == '+' ? (byte)' ' : text[at];
            }
        }
        return length;
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;

    private static PinnedSecret Json(ReadOnlySpan<byte> value, bool replace)
    {
        // A control character is written as six bytes; the rest of the object has less than 40.
        var json = new PinnedSecret((value.Length * 6) + 40);
        var at = Append(json.Span, 0, "{\"value\":\""u8);
        foreach (var each in value)
        {
            if (each is (byte)'"' or (byte)'\\')
            {
                json.Span[at++] = (byte)'\\';
                json.Span[at++] = each;
            }
            else if (each < 0x20)
            {
                at = Append(json.Span, at, "\\u00"u8);
                json.Span[at++] = (byte)(each < 0x10 ? '0' : '1');
                json.Span[at++] = "0123456789abcdef"u8[each & 15];
            }
            else
            {
                json.Span[at++] = each;
            }
        }
        at = Append(json.Span, at, replace ? "\",\"replace\":true}"u8 : "\"}"u8);
        json.Length = at;
        return json;
    }

    private static int Append(Span<byte> destination, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(destination[at..]);
        return at + text.Length;
    }
}
