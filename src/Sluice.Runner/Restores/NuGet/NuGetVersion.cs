using System.Globalization;

namespace Sluice.Runner.Restores.NuGet;

/// <summary>A version as NuGet reads it: up to four numbers, a label before the release, and remarks that do not count.</summary>
internal sealed record NuGetVersion(int Major, int Minor, int Patch, int Revision, string Label)
{
    /// <summary>From the lowest to the highest.</summary>
    public static Comparer<NuGetVersion> Ascending { get; } =
        Comparer<NuGetVersion>.Create((one, other) => one.Order(other));

    public static NuGetVersion? Parse(string text)
    {
        text = text.Trim().Split('+')[0];
        var dash = text.IndexOf('-');
        var numbers = (dash < 0 ? text : text[..dash]).Split('.');
        if (numbers.Length > 4)
            return null;
        Span<int> parts = stackalloc int[4];
        for (var i = 0; i < numbers.Length; i++)
            if (
                !int.TryParse(
                    numbers[i],
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out parts[i]
                )
            )
                return null;
        return new NuGetVersion(
            parts[0],
            parts[1],
            parts[2],
            parts[3],
            dash < 0 ? "" : text[(dash + 1)..]
        );
    }

    /// <summary>The form that addresses are made of.</summary>
    public override string ToString() =>
        $"{Major}.{Minor}.{Patch}{(Revision > 0 ? $".{Revision}" : "")}{(Label.Length > 0 ? "-" + Label : "")}";

    /// <summary>Less than 0 when this one is lower.</summary>
    public int Order(NuGetVersion other)
    {
        var numbers = (Major, Minor, Patch, Revision).CompareTo(
            (other.Major, other.Minor, other.Patch, other.Revision)
        );
        if (numbers != 0)
            return numbers;
        if (Label.Length == 0 || other.Label.Length == 0)
            return other.Label.Length.CompareTo(Label.Length);
        var (mine, theirs) = (Label.Split('.'), other.Label.Split('.'));
        for (var i = 0; i < Math.Min(mine.Length, theirs.Length); i++)
            if (ComparePart(mine[i], theirs[i]) is var part and not 0)
                return part;
        return mine.Length.CompareTo(theirs.Length);
    }

    public bool Equals(NuGetVersion? other) => other is not null && Order(other) == 0;

    public override int GetHashCode() =>
        HashCode.Combine(Major, Minor, Patch, Revision, Label.ToUpperInvariant());

    /// <summary>Numbers come before words and are compared as numbers.</summary>
    private static int ComparePart(string mine, string theirs) =>
        (
            int.TryParse(mine, NumberStyles.None, CultureInfo.InvariantCulture, out var a),
            int.TryParse(theirs, NumberStyles.None, CultureInfo.InvariantCulture, out var b)
        ) switch
        {
            (true, true) => a.CompareTo(b),
            (true, false) => -1,
            (false, true) => 1,
            _ => string.Compare(mine, theirs, StringComparison.OrdinalIgnoreCase),
        };
}

/// <summary>A range such as <c>1.0</c> (that or newer), <c>[1.0]</c> (that alone) or <c>[1.0, 2.0)</c>.</summary>
internal sealed record NuGetRange(
    NuGetVersion? Low,
    bool WithLow,
    NuGetVersion? High,
    bool WithHigh,
    string Text
)
{
    public static NuGetRange? Parse(string text)
    {
        text = text.Trim();
        if (text.Length == 0)
            return new NuGetRange(null, false, null, false, "any");
        if (text[0] is not ('[' or '('))
            return NuGetVersion.Parse(text) is { } least
                ? new NuGetRange(least, true, null, false, text)
                : null;
        if (text[^1] is not (']' or ')') || text.Length < 3)
            return null;
        var ends = text[1..^1].Split(',');
        if (ends.Length > 2 || !Read(ends[0], out var low) || !Read(ends[^1], out var high))
            return null;
        return new NuGetRange(low, text[0] == '[', high, text[^1] == ']', text);
    }

    public bool Holds(NuGetVersion version) =>
        (Low is null || version.Order(Low) is var low && (low > 0 || low == 0 && WithLow))
        && (High is null || version.Order(High) is var high && (high < 0 || high == 0 && WithHigh));

    private static bool Read(string text, out NuGetVersion? version)
    {
        version = text.Trim().Length == 0 ? null : NuGetVersion.Parse(text);
        return version is not null || text.Trim().Length == 0;
    }
}
