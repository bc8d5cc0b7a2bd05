using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Runner.Restores.NuGet;

/// <summary>Which of a package's frameworks fits .NET 10 best.</summary>
internal static partial class NuGetFramework
{
    private const int OurMajor = 10;

    /// <summary>The better it fits, the higher; -1 when it does not.</summary>
    /// <param name="name">A folder's name (<c>net8.0</c>) or the long form (<c>.NETStandard2.0</c>); empty for any.</param>
    public static int Fit(string name)
    {
        if (name.Length == 0)
            return 0;
        if (Pattern().Match(name) is not { Success: true } match)
            return -1;
        var major = int.Parse(match.Groups["major"].ValueSpan, CultureInfo.InvariantCulture);
        var minor = int.Parse(match.Groups["minor"].ValueSpan, CultureInfo.InvariantCulture);
        return match.Groups["kind"].Value.ToLowerInvariant() switch
        {
            "netstandard" or ".netstandard" => 1000 + major * 10 + minor,
            "netcoreapp" or ".netcoreapp" or "net" when major <= OurMajor => 2000
                + major * 10
                + minor,
            _ => -1,
        };
    }

    /// <summary>The best of these names; null when none fits.</summary>
    public static string? Best(IEnumerable<string> names) =>
        names.Distinct().Where(name => Fit(name) >= 0).OrderByDescending(Fit).FirstOrDefault();

    // net461 is .NET Framework: it has no dot.
    [GeneratedRegex(
        @"^(?<kind>\.?netstandard|\.?netcoreapp|net)(?<major>[0-9]{1,3})\.(?<minor>[0-9]{1,3})\z",
        RegexOptions.IgnoreCase
            | RegexOptions.CultureInvariant
            | RegexOptions.ExplicitCapture
            | RegexOptions.NonBacktracking
    )]
    private static partial Regex Pattern();
}
