using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sluice.Server.Tests.Hostile;

/// <summary>What an answer to bad input may look like.</summary>
internal static partial class Answers
{
    /// <summary>Null when the answer is a refusal in the family's form; else what is wrong with it.</summary>
    /// <param name="mayBeFine">Whether the input could be harmless after all, so that success is no mistake.</param>
    public static string? Fault(int status, string body, bool mayBeFine = false)
    {
        var fine = mayBeFine && status is >= 200 and < 300;
        // A page of what is there is as long as what is there; a refusal is short.
        if (body.Length > (fine ? 1 << 20 : 64 << 10))
            return $"{status} answers with {body.Length} characters: {Clip(body)}";
        if (Leak(body) is { } leak)
            return $"{status} shows {leak}: {Clip(body)}";
        if (fine)
            return null;
        if (status is < 400 or >= 500)
            return $"{status}: {Clip(body)}";
        // Pages are for people, and OAuth has words of its own.
        if (
            body == """{"error":"unauthorized"}"""
            || body.StartsWith("<!doctype html>", StringComparison.Ordinal)
            || body.StartsWith("""{"error":"invalid_""", StringComparison.Ordinal)
            || (status is 413 or 415 && body.StartsWith("{\"error\":\"", StringComparison.Ordinal))
        )
            return null;
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            return
                root.GetProperty("status").GetInt32() == status
                && root.GetProperty("code").GetString()!.Length > 0
                && root.GetProperty("detail").GetString()!.Length > 0
                && root.GetProperty("request_id").GetString()!.Length == 26
                ? null
                : $"{status} is no problem: {Clip(body)}";
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"{status} is no problem: {Clip(body)}";
        }
    }

    /// <summary>What of the server's inside a text shows; null when nothing.</summary>
    public static string? Leak(string body) =>
        Inside().Match(body) is { Success: true } match ? match.Value : null;

    public static string Clip(string text) => text.Length <= 300 ? text : text[..300] + "…";

    // Names of types, frames of a stack, places of files, words of the drivers.
    [GeneratedRegex(
        @" at Sluice| at System\.|Exception|System\.[A-Z]|Npgsql|SQLite|\.cs:line|/src/Sluice|/tmp/|sluice\.db|StackTrace|Path: \$",
        RegexOptions.None,
        1000
    )]
    private static partial Regex Inside();
}
