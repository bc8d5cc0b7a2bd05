using System.Runtime.InteropServices;
using System.Text;
using Sluice.Language.Expressions.Values;

namespace Sluice.Language.Expressions.Patterns;

/// <summary>
/// A regular expression. All ways through it are followed at once, so the time is the product of the lengths of pattern
/// and text at worst; there is nothing to go back to.
/// </summary>
internal sealed class Pattern
{
    private const int Longest = 1000;

    /// <summary>Steps of the program that a pattern becomes.</summary>
    private const int Largest = 2000;

    /// <summary>So many steps that are looked at cost one unit.</summary>
    private const int StepsPerUnit = 8;

    private readonly List<Step> steps = [];
    private int work;

    private Pattern() { }

    private enum Kind
    {
        Set,
        Place,

        /// <summary>On to both.</summary>
        Fork,
        Done,
    }

    [StructLayout(LayoutKind.Auto)]
    private record struct Step(
        Kind Kind,
        int Next,
        int Other = -1,
        CharacterSet? Set = null,
        Place Place = default
    );

    /// <summary>Null, with a part of a sentence that says why.</summary>
    public static Pattern? Compile(ReadOnlySpan<byte> text, out string fault)
    {
        if (text.Length > Longest)
        {
            fault = $"it is longer than {Longest} bytes";
            return null;
        }
        if (PatternParser.Parse(text, out fault) is not { } tree)
            return null;
        var pattern = new Pattern();
        // Built from the end: each step knows where it leads.
        var done = pattern.Add(new(Kind.Done, -1));
        var start = pattern.Build(tree, done);
        if (start < 0)
        {
            fault = "it is too large";
            return null;
        }

        pattern.Start = start;
        return pattern;
    }

    private int Start { get; set; }

    private int Add(Step step)
    {
        steps.Add(step);
        return steps.Count - 1;
    }

    /// <summary>The first step of a part that leads to another; -1 when there are too many.</summary>
    private int Build(PatternTree tree, int next)
    {
        if (next < 0 || steps.Count >= Largest || ++work > 4 * Largest)
            return -1;
        switch (tree)
        {
            case SetTree set:
                return Add(new(Kind.Set, next, Set: set.Set));
            case PlaceTree place:
                return Add(new(Kind.Place, next, Place: place.Place));
            case SequenceTree sequence:
                for (var i = sequence.Parts.Count - 1; i >= 0; i--)
                    next = Build(sequence.Parts[i], next);
                return next;
            case ChoiceTree choice:
                var first = Build(choice.Parts[^1], next);
                for (var i = choice.Parts.Count - 2; i >= 0 && first >= 0; i--)
                {
                    var part = Build(choice.Parts[i], next);
                    first = part < 0 ? -1 : Add(new(Kind.Fork, part, first));
                }
                return first;
            default:
                return Repeat((RepeatTree)tree, next);
        }
    }

    private int Repeat(RepeatTree repeat, int next)
    {
        var at = next;
        if (repeat.Most < 0)
        {
            at = Add(new(Kind.Fork, -1, next));
            var body = Build(repeat.Part, at);
            if (body < 0)
                return -1;
            steps[at] = steps[at] with { Next = body };
        }
        else
        {
            for (var i = repeat.Least; i < repeat.Most; i++)
            {
                var body = Build(repeat.Part, at);
                if (body < 0)
                    return -1;
                at = Add(new(Kind.Fork, body, next));
            }
        }

        for (var i = 0; i < repeat.Least; i++)
            at = Build(repeat.Part, at);
        return at;
    }

    /// <summary>Whether some part of a text matches.</summary>
    public Value IsMatch(ref Evaluation evaluation, ReadOnlySpan<byte> text)
    {
        const int onStack = 128;
        var size = steps.Count;
        Span<int> memory = size <= onStack ? stackalloc int[4 * onStack] : new int[4 * size];
        var now = new Front(memory[..size]);
        var next = new Front(memory.Slice(size, size));
        var seen = memory.Slice(2 * size, size);
        seen.Fill(-1);
        var stack = memory.Slice(3 * size, size);
        Rune? before = null;
        for (var at = 0; ; )
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var length);
            Rune? after = at < text.Length ? rune : null;
            if (!evaluation.Spend(1 + (now.Count / StepsPerUnit)))
                return Evaluation.TooCostly;
            // What stood on this place already was put there with the characters around it in sight.
            var front = new Front(now.Steps);
            for (var i = 0; i < now.Count; i++)
                if (Follow(now.Steps[i], at, before, after, ref next, seen, stack))
                    return Value.True;
            if (Follow(Start, at, before, after, ref next, seen, stack))
                return Value.True;
            if (after is null)
                return Value.False;
            for (var i = 0; i < next.Count; i++)
            {
                var step = steps[next.Steps[i]];
                if (step.Set!.Has(rune))
                    front.Add(step.Next);
            }

            now = front;
            next = new Front(next.Steps);
            before = rune;
            at += Math.Max(1, length);
        }
    }

    /// <summary>Goes on from a step to all that take a character; true when the end is among them.</summary>
    private bool Follow(
        int from,
        int at,
        Rune? before,
        Rune? after,
        ref Front into,
        Span<int> seen,
        Span<int> stack
    )
    {
        var height = 0;
        Push(from, ref height, seen, stack, at);
        while (height > 0)
        {
            var index = stack[--height];
            var step = steps[index];
            switch (step.Kind)
            {
                case Kind.Done:
                    return true;
                case Kind.Set:
                    into.Add(index);
                    break;
                case Kind.Place:
                    if (Holds(step.Place, before, after))
                        Push(step.Next, ref height, seen, stack, at);
                    break;
                default:
                    Push(step.Next, ref height, seen, stack, at);
                    Push(step.Other, ref height, seen, stack, at);
                    break;
            }
        }

        return false;
    }

    private static void Push(int step, ref int height, Span<int> seen, Span<int> stack, int at)
    {
        if (seen[step] == at)
            return;
        seen[step] = at;
        stack[height++] = step;
    }

    private static bool Holds(Place place, Rune? before, Rune? after) =>
        place switch
        {
            Place.TextStart => before is null,
            Place.TextEnd => after is null,
            Place.LineStart => before is null || before.Value.Value == '\n',
            Place.LineEnd => after is null || after.Value.Value == '\n',
            Place.WordEdge => IsWord(before) != IsWord(after),
            _ => IsWord(before) == IsWord(after),
        };

    private static bool IsWord(Rune? rune) =>
        rune is { IsAscii: true } r && (char.IsAsciiLetterOrDigit((char)r.Value) || r.Value == '_');

    /// <summary>The steps that are reached at one place of the text.</summary>
    private ref struct Front(Span<int> steps)
    {
        public readonly Span<int> Steps = steps;

        public int Count { get; private set; }

        public void Add(int step) => Steps[Count++] = step;
    }
}
