using System.Text;
using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Values;

namespace Sluice.Language.Expressions.Functions;

/// <summary>What takes strings apart and puts them together.</summary>
internal static class Splitting
{
    public static Value Replace(ref Evaluation evaluation, in Arguments arguments)
    {
        var (text, old, by, most) = (arguments.A, arguments.B, arguments.C, arguments.D);
        if (
            text.Kind != ValueKind.String
            || old.Kind != ValueKind.String
            || by.Kind != ValueKind.String
            || (arguments.Count == 4 && most.Kind != ValueKind.Int)
        )
            return Faults.Overload("replace", in arguments);
        var left = arguments.Count == 4 && most.AsInt >= 0 ? most.AsInt : long.MaxValue;
        var pieces = new List<Value>();
        if (!Cut(ref evaluation, text, old, left, pieces))
            return Evaluation.TooCostly;
        return Join(ref evaluation, pieces, by.Span);
    }

    public static Value Split(ref Evaluation evaluation, in Arguments arguments)
    {
        var (text, separator, most) = (arguments.A, arguments.B, arguments.C);
        if (
            text.Kind != ValueKind.String
            || separator.Kind != ValueKind.String
            || (arguments.Count == 3 && most.Kind != ValueKind.Int)
        )
            return Faults.Overload("split", in arguments);
        var limit = arguments.Count == 3 && most.AsInt >= 0 ? most.AsInt : long.MaxValue;
        if (limit == 0)
            return ListValue.Empty;
        var pieces = new List<Value>();
        if (!Cut(ref evaluation, text, separator, limit - 1, pieces))
            return Evaluation.TooCostly;
        // An empty separator stands between characters, not before the first and behind the last.
        if (separator.Length == 0 && pieces.Count > 0 && pieces[0].Length == 0)
            Inner(text, pieces, limit);
        return new ListValue(pieces);
    }

    public static Value Join(ref Evaluation evaluation, in Arguments arguments)
    {
        var (list, separator) = (arguments.A, arguments.B);
        if (
            list.Kind != ValueKind.List
            || (arguments.Count == 2 && separator.Kind != ValueKind.String)
        )
            return Faults.Overload("join", in arguments);
        var pieces = new List<Value>();
        for (var i = 0; i < list.List.Count; i++)
        {
            if (!evaluation.Spend())
                return Evaluation.TooCostly;
            var piece = list.List.At(ref evaluation, i);
            if (piece.Kind != ValueKind.String)
                return piece.IsFault ? piece : Faults.Overload("join", piece);
            pieces.Add(piece);
        }

        return Join(ref evaluation, pieces, arguments.Count == 2 ? separator.Span : default);
    }

    /// <summary>The pieces between at most so many cuts; an empty separator cuts before each character and at the end.</summary>
    private static bool Cut(
        ref Evaluation evaluation,
        Value text,
        Value separator,
        long most,
        List<Value> pieces
    )
    {
        if (!evaluation.SpendBytes((long)text.Length + separator.Length))
            return false;
        var (start, from) = (0, 0);
        for (; most > 0 && from <= text.Length; most--)
        {
            var found = Utf8Text.IndexOf(text.Span[from..], separator.Span);
            if (found < 0)
                break;
            if (!evaluation.Spend())
                return false;
            pieces.Add(text.Part(start, from + found - start));
            start = from + found + separator.Length;
            from = start;
            if (separator.Length > 0)
                continue;
            if (from == text.Length)
                break;
            Rune.DecodeFromUtf8(text.Span[from..], out _, out var length);
            from += length;
        }

        pieces.Add(text.Part(start, text.Length - start));
        return true;
    }

    private static void Inner(Value text, List<Value> pieces, long limit)
    {
        pieces.Clear();
        var at = 0;
        while (at < text.Length && pieces.Count < limit - 1)
        {
            Rune.DecodeFromUtf8(text.Span[at..], out _, out var length);
            pieces.Add(text.Part(at, length));
            at += length;
        }

        if (at < text.Length)
            pieces.Add(text.Part(at, text.Length - at));
    }

    private static Value Join(
        ref Evaluation evaluation,
        List<Value> pieces,
        ReadOnlySpan<byte> separator
    )
    {
        var length = Math.Max(0, pieces.Count - 1) * (long)separator.Length;
        foreach (var piece in pieces)
            length += piece.Length;
        if (!evaluation.SpendBytes(length))
            return Evaluation.TooCostly;
        var data = new byte[length];
        var into = data.AsSpan();
        for (var i = 0; i < pieces.Count; i++)
        {
            if (i > 0)
            {
                separator.CopyTo(into);
                into = into[separator.Length..];
            }
            pieces[i].Span.CopyTo(into);
            into = into[pieces[i].Length..];
        }

        return Value.String(data);
    }
}
