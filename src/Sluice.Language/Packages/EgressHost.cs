using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Language.Packages;

/// <summary>A host and port that a package may connect to, or all hosts below a name: <c>api.example.com:443</c>, <c>*.example.com:443</c>.</summary>
/// <param name="Host">In lower case; with <c>*.</c> in front, every name below it and not itself. Never an address.</param>
/// <param name="Port">1 to 65535.</param>
public sealed partial record EgressHost(string Host, int Port)
{
    private const string Below = "*.";

    public static bool TryParse(string text, [NotNullWhen(true)] out EgressHost? host)
    {
        host = null;
        var colon = text.LastIndexOf(':');
        if (
            colon < 0
            || !int.TryParse(
                text.AsSpan(colon + 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var port
            )
            || port is < 1 or > 65535
        )
            return false;
        var name = text[..colon].ToLowerInvariant();
        var plain = name.StartsWith(Below, StringComparison.Ordinal) ? name[2..] : name;
        if (!IsName(plain))
            return false;
        host = new EgressHost(name, port);
        return true;
    }

    /// <summary>
    /// A name as DNS has it, at most 253 characters. No address in any notation is one: its last label begins with a letter.
    /// </summary>
    public static bool IsName(string text) => text.Length <= 253 && NamePattern().IsMatch(text);

    /// <summary>Whether this entry covers a host.</summary>
    /// <param name="host">In lower case.</param>
    /// <param name="port">1 to 65535.</param>
    public bool Covers(string host, int port) =>
        Port == port
        && (
            Host.StartsWith(Below, StringComparison.Ordinal)
                ? host.EndsWith(Host[1..], StringComparison.Ordinal)
                    && host.Length > Host.Length - 1
                : host == Host
        );

    public override string ToString() => $"{Host}:{Port}";

    [GeneratedRegex(
        @"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\z",
        RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex NamePattern();
}
