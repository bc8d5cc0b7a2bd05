using System.Globalization;

namespace Sluice.Server.Console;

/// <summary>Numbers, spans of time and names as people read them; moments are in <see cref="Zone"/>.</summary>
internal static class Words
{
    private static readonly CultureInfo English = CultureInfo.InvariantCulture;

    public static string Role(string role) =>
        role switch
        {
            "policy_admin" => "Policy admin",
            { Length: > 0 } => char.ToUpperInvariant(role[0]) + role[1..],
            _ => role,
        };

    /// <summary>The heading of a page that says no.</summary>
    public static string Title(int status) =>
        status switch
        {
            403 => "Not allowed",
            404 => "Not found",
            409 => "Not as things are now",
            429 => "Too many requests",
            >= 500 => "Something went wrong",
            _ => "That did not work",
        };

    /// <summary><c>12,345</c>.</summary>
    public static string Count(long number) => number.ToString("N0", English);

    /// <summary><c>1 run</c>, <c>2 runs</c>.</summary>
    public static string Count(long number, string one, string? many = null) =>
        $"{Count(number)} {(number == 1 ? one : many ?? one + "s")}";

    /// <summary><c>98.3 %</c>; never rounded up to all.</summary>
    public static string Percent(double share) =>
        share >= 1 ? "100 %" : (Math.Floor(share * 1000) / 10).ToString("0.#", English) + " %";

    /// <summary>A duration with its unit: <c>12 ms</c>, <c>3.4 s</c>, <c>5 min 20 s</c>, <c>2 h 5 min</c>.</summary>
    public static string Duration(double ms) =>
        ms switch
        {
            < 10 => ms.ToString("0.##", English) + " ms",
            < 1000 => ms.ToString("0", English) + " ms",
            < 60_000 => (ms / 1000).ToString("0.0", English) + " s",
            < 3_600_000 => $"{(long)ms / 60_000} min {(long)ms / 1000 % 60} s",
            _ => $"{(long)ms / 3_600_000} h {(long)ms / 60_000 % 60} min",
        };

    /// <summary>Bytes with their unit: <c>512 bytes</c>, <c>1.4 KiB</c>, <c>23.5 MiB</c>.</summary>
    public static string Size(long bytes) =>
        bytes switch
        {
            < 1 << 10 => Count(bytes, "byte"),
            < 1 << 20 => (bytes / 1024.0).ToString("0.#", English) + " KiB",
            < 1 << 30 => (bytes / 1048576.0).ToString("0.#", English) + " MiB",
            _ => (bytes / 1073741824.0).ToString("0.#", English) + " GiB",
        };

    /// <summary>For <c>datetime</c> attributes.</summary>
    public static string Iso(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", English);

    /// <summary>Whole days from one moment to another.</summary>
    public static int Days(DateTimeOffset from, DateTimeOffset to) => (int)(to - from).TotalDays;
}
