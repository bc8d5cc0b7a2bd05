using System.Buffers;
using System.Collections.Frozen;

namespace Sluice.Server.Identity.Profiles;

/// <summary>
/// The time zones that people choose from: names of the IANA database, as far as this machine has its data (on Debian the package
/// <c>tzdata</c>). A machine without has UTC alone.
/// </summary>
internal static class TimeZones
{
    public const string Utc = "UTC";

    // The longest of the database has 32.
    private const int Longest = 64;

    // Of a name's folders and of what lies beside them: copies with other rules of counting, and what is no place.
    private static readonly string[] s_noZones =
    [
        "posix",
        "right",
        "posixrules",
        "localtime",
        "Factory",
    ];

    private static readonly SearchValues<char> s_letters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-"
    );

    private static readonly Lazy<FrozenDictionary<string, string>> s_names = new(() =>
        TimeZoneInfo
            .GetSystemTimeZones()
            .Select(zone => zone.Id)
            .Where(id => Open(id) is not null)
            .Append(Utc)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(id => id, StringComparer.OrdinalIgnoreCase)
    );

    private static readonly Lazy<IReadOnlyList<string>> s_all = new(() =>
        [.. s_names.Value.Values.Order(StringComparer.Ordinal)]
    );

    /// <summary>Their names in the order of the alphabet, each place once; former names of places are known as well.</summary>
    public static IReadOnlyList<string> All => s_all.Value;

    /// <summary>Whether this machine knows more than UTC.</summary>
    public static bool HasData => All.Count > 1;

    /// <summary>The zone of a name, in whatever case; null where nobody, or not this machine, knows it.</summary>
    public static TimeZoneInfo? Find(string? name) =>
        name is null ? null
        : Open(name) is { } zone ? zone
        : s_names.Value.TryGetValue(name, out var known) ? Open(known)
        : null;

    /// <summary>Names whose last part is what was typed, such as <c>Europe/Berlin</c> for <c>berlin</c>.</summary>
    public static IReadOnlyList<string> Like(string text)
    {
        var city = "/" + text.Trim().Replace(' ', '_');
        return [.. All.Where(name => name.EndsWith(city, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>A name is looked for as a file of the system's, so that only what is shaped like one may be.</summary>
    private static TimeZoneInfo? Open(string name) =>
        name == Utc ? TimeZoneInfo.Utc
        : name.Length is > 0 and <= Longest
        && !name.AsSpan().ContainsAnyExcept(s_letters)
        && char.IsAsciiLetter(name[0])
        && !s_noZones.Contains(name.Split('/')[0])
        && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
        && zone.HasIanaId
        // The framework finds what it has found before in any case of its letters.
        && zone.Id == name
            ? zone
        : null;
}
