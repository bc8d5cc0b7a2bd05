using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Patterns;
using Sluice.Language.Expressions.Values;

namespace Sluice.Language.Expressions.Functions;

/// <summary>What strings can do.</summary>
internal static class Texts
{
    private static readonly ExpressionFault OutOfRange = new("The place is outside of the string.");

    public static readonly Function[] Functions =
    [
        Test("contains", (text, part) => Utf8Text.IndexOf(text, part) >= 0),
        Test("startsWith", (text, part) => text.StartsWith(part)),
        Test("endsWith", (text, part) => text.EndsWith(part)),
        new(Matches, "string.matches(string) -> bool", "matches(string, string) -> bool"),
        Map("lowerAscii", 'A', 'Z'),
        Map("upperAscii", 'a', 'z'),
        new(Trim, "string.trim() -> string"),
        new(Reverse, "string.reverse() -> string"),
        new(CharAt, "string.charAt(int) -> string"),
        new(Substring, "string.substring(int) -> string", "string.substring(int, int) -> string"),
        new(IndexOf, "string.indexOf(string) -> int", "string.indexOf(string, int) -> int"),
        new(
            LastIndexOf,
            "string.lastIndexOf(string) -> int",
            "string.lastIndexOf(string, int) -> int"
        ),
        new(
            Splitting.Replace,
            "string.replace(string, string) -> string",
            "string.replace(string, string, int) -> string"
        ),
        new(
            Splitting.Split,
            "string.split(string) -> list(string)",
            "string.split(string, int) -> list(string)"
        ),
        new(Splitting.Join, "list(string).join() -> string", "list(string).join(string) -> string"),
    ];

    private delegate bool Tester(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part);

    private static Function Test(string name, Tester tester)
    {
        return new(Run, $"string.{name}(string) -> bool");

        Value Run(ref Evaluation evaluation, in Arguments arguments)
        {
            var (text, part) = (arguments.A, arguments.B);
            if (text.Kind != ValueKind.String || part.Kind != ValueKind.String)
                return Faults.Overload(name, in arguments);
            return evaluation.SpendBytes((long)text.Length + part.Length)
                ? tester(text.Span, part.Span)
                : Evaluation.TooCostly;
        }
    }

    /// <summary>Letters of a range become those of the other case.</summary>
    private static Function Map(string name, char first, char last)
    {
        return new(Run, $"string.{name}() -> string");

        Value Run(ref Evaluation evaluation, in Arguments arguments)
        {
            if (arguments.A.Kind != ValueKind.String)
                return Faults.Overload(name, in arguments);
            if (!evaluation.SpendBytes(arguments.A.Length))
                return Evaluation.TooCostly;
            var data = arguments.A.Span.ToArray();
            foreach (ref var b in data.AsSpan())
                b ^= b >= first && b <= last ? (byte)0x20 : (byte)0;
            return Value.String(data);
        }
    }

    private static Value Matches(ref Evaluation evaluation, in Arguments arguments)
    {
        if (arguments.A.Kind != ValueKind.String || arguments.B.Kind != ValueKind.String)
            return Faults.Overload("matches", in arguments);
        if (!evaluation.SpendBytes(16L * arguments.B.Length))
            return Evaluation.TooCostly;
        return Pattern.Compile(arguments.B.Span, out var fault) is { } pattern
            ? pattern.IsMatch(ref evaluation, arguments.A.Span)
            : new ExpressionFault($"The pattern of `matches` is wrong: {fault}.");
    }

    private static Value Trim(ref Evaluation evaluation, in Arguments arguments)
    {
        if (arguments.A.Kind != ValueKind.String)
            return Faults.Overload("trim", in arguments);
        evaluation.SpendBytes(arguments.A.Length);
        var trimmed = Utf8Text.Trim(arguments.A.Span, out var start);
        return arguments.A.Part(start, trimmed.Length);
    }

    private static Value Reverse(ref Evaluation evaluation, in Arguments arguments)
    {
        if (arguments.A.Kind != ValueKind.String)
            return Faults.Overload("reverse", in arguments);
        if (!evaluation.SpendBytes(arguments.A.Length))
            return Evaluation.TooCostly;
        var text = arguments.A.Span;
        var data = new byte[text.Length];
        for (int at = 0, length; at < text.Length; at += length)
        {
            System.Text.Rune.DecodeFromUtf8(text[at..], out _, out length);
            text.Slice(at, length).CopyTo(data.AsSpan(data.Length - at - length));
        }

        return Value.String(data);
    }

    private static Value CharAt(ref Evaluation evaluation, in Arguments arguments)
    {
        var (text, place) = (arguments.A, arguments.B);
        if (text.Kind != ValueKind.String || place.Kind != ValueKind.Int)
            return Faults.Overload("charAt", in arguments);
        evaluation.SpendBytes(text.Length);
        var start = Utf8Text.Offset(text.Span, place.AsInt);
        if (start < 0)
            return OutOfRange;
        var end = Utf8Text.Offset(text.Span[start..], 1);
        return text.Part(start, Math.Max(end, 0));
    }

    private static Value Substring(ref Evaluation evaluation, in Arguments arguments)
    {
        var (text, from, to) = (arguments.A, arguments.B, arguments.C);
        if (
            text.Kind != ValueKind.String
            || from.Kind != ValueKind.Int
            || (arguments.Count == 3 && to.Kind != ValueKind.Int)
        )
            return Faults.Overload("substring", in arguments);
        evaluation.SpendBytes(text.Length);
        var start = Utf8Text.Offset(text.Span, from.AsInt);
        var end = arguments.Count == 3 ? Utf8Text.Offset(text.Span, to.AsInt) : text.Length;
        return start < 0 || end < start ? OutOfRange : text.Part(start, end - start);
    }

    private static Value IndexOf(ref Evaluation evaluation, in Arguments arguments)
    {
        var (text, part, from) = (arguments.A, arguments.B, arguments.C);
        if (
            text.Kind != ValueKind.String
            || part.Kind != ValueKind.String
            || (arguments.Count == 3 && from.Kind != ValueKind.Int)
        )
            return Faults.Overload("indexOf", in arguments);
        if (!evaluation.SpendBytes((long)text.Length + part.Length))
            return Evaluation.TooCostly;
        var start = arguments.Count == 3 ? Utf8Text.Offset(text.Span, from.AsInt) : 0;
        if (start < 0)
            return OutOfRange;
        var found = Utf8Text.IndexOf(text.Span[start..], part.Span);
        return found < 0 ? -1L : Utf8Text.Count(text.Span[..(start + found)]);
    }

    private static Value LastIndexOf(ref Evaluation evaluation, in Arguments arguments)
    {
        var (text, part, from) = (arguments.A, arguments.B, arguments.C);
        if (
            text.Kind != ValueKind.String
            || part.Kind != ValueKind.String
            || (arguments.Count == 3 && from.Kind != ValueKind.Int)
        )
            return Faults.Overload("lastIndexOf", in arguments);
        // Backwards nothing is remembered of what was compared, so each place pays for all of it.
        if (!evaluation.SpendBytes((long)text.Length * (1 + (part.Length / 16))))
            return Evaluation.TooCostly;
        var end = text.Length;
        if (arguments.Count == 3)
        {
            var start = Utf8Text.Offset(text.Span, from.AsInt);
            if (start < 0)
                return OutOfRange;
            end = Math.Min(text.Length, start + part.Length);
        }

        var found = text.Span[..end].LastIndexOf(part.Span);
        return found < 0 ? -1L : Utf8Text.Count(text.Span[..found]);
    }
}
