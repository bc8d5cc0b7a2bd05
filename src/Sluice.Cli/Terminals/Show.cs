using System.Globalization;
using System.Text.Json;

namespace Sluice.Cli.Terminals;

/// <summary>How values read in a table.</summary>
internal static class Show
{
    public static string? Time(DateTimeOffset? at) =>
        at?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? ExactTime(DateTimeOffset? at) =>
        at?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string? Date(DateTimeOffset? at) =>
        at?.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <param name="milliseconds">A duration; null for one that is not known.</param>
    public static string? Duration(double? milliseconds) =>
        milliseconds switch
        {
            null => null,
            < 10 => $"{milliseconds:0.00} ms",
            < 1_000 => $"{milliseconds:0.0} ms",
            < 60_000 => $"{milliseconds / 1_000:0.00} s",
            _ =>
                $"{Math.Floor(milliseconds.Value / 60_000):0} min {milliseconds % 60_000 / 1_000:0} s",
        };

    public static string Size(long bytes) =>
        bytes switch
        {
            < 1024 => $"{bytes} bytes",
            < 1024 * 1024 => $"{bytes / 1024.0:0.0} KiB",
            _ => $"{bytes / 1024.0 / 1024.0:0.0} MiB",
        };

    public static string? Json(JsonElement? value) =>
        value is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } some
            ? some.GetRawText()
            : null;

    public static string List(IEnumerable<string>? words, string none) =>
        words is null || string.Join(", ", words) is not { Length: > 0 } list ? none : list;
}
