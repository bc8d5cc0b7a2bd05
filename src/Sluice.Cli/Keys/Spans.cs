using System.CommandLine;
using System.CommandLine.Parsing;

namespace Sluice.Cli.Keys;

/// <summary>Lengths of time as people type them: 30m, 12h, 90d; 0 for none.</summary>
internal static class Spans
{
    public static Option<TimeSpan?> Option(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "30m|12h|90d",
            CustomParser = Parse,
        };

    private static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (Read(text) is { } span)
            return span;
        result.AddError(
            $"'{text}' is no length of time: write a whole number and s, m, h or d, like 12h or 90d"
        );
        return null;
    }

    private static TimeSpan? Read(string text)
    {
        if (text == "0")
            return TimeSpan.Zero;
        if (text.Length < 2 || !uint.TryParse(text.AsSpan(0, text.Length - 1), out var count))
            return null;
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' when count <= 36_500 => TimeSpan.FromDays(count),
            _ => null,
        };
    }
}
