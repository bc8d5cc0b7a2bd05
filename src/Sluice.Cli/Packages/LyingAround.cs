using System.Text;
using System.Text.RegularExpressions;
using Sluice.Language;
using Sluice.Language.Packages;
using Sluice.Seal;

namespace Sluice.Cli.Packages;

/// <summary>
/// Credentials that lie in a package's folder and would travel with it: who can read the package could read them for ever.
/// What is found is told by file and line and never shown.
/// </summary>
internal static partial class LyingAround
{
    // Of each file: credentials are small files, or stand where somebody writes settings. It bounds what a push costs.
    private const int Looked = 256 << 10;

    // How far behind its first line the body of a private key begins at the latest: an encrypted one has headers between.
    private const int Headers = 300;

    // As git tells a binary file.
    private const int Sniffed = 8_000;

    private const int LongestPrefix = 16;

    /// <summary>Names that hold a credential whatever is in them, as far as one can tell from here.</summary>
    private static readonly (Func<string, bool> Fits, string What)[] s_names =
    [
        (
            name => name is "id_rsa" or "id_dsa" or "id_ecdsa" or "id_ed25519",
            "By its name it is a private key of SSH."
        ),
        (
            name =>
                name.EndsWith(".env", StringComparison.Ordinal)
                && name is not ("example.env" or "sample.env" or "template.env"),
            "By its name it holds the variables of a machine, passwords among them."
        ),
        (
            name => Path.GetExtension(name) is ".p12" or ".pfx",
            "By its name it is a store of private keys."
        ),
    ];

    /// <summary>A mistake for each file that looks like a credential, in the order of their paths.</summary>
    /// <param name="source">All that would be sent.</param>
    /// <param name="allowed">Paths of which the author says that they are none.</param>
    public static List<Mistake> Find(PackageSource source, IEnumerable<string> allowed)
    {
        var known = allowed
            .Select(path => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. source
                .Paths.Where(path => !known.Contains(path))
                .Select(path => ByName(path) ?? ByContent(path, source.Files[path]))
                .OfType<Mistake>(),
        ];
    }

    private static Mistake? ByName(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..].ToLowerInvariant();
        return s_names.FirstOrDefault(each => each.Fits(name)).What is { } what
            ? new Mistake("package_credential", what, path)
            : null;
    }

    private static Mistake? ByContent(string path, byte[] content)
    {
        if (content.AsSpan(0, Math.Min(content.Length, Sniffed)).Contains((byte)0))
            return null;
        // Latin-1 has a character for every byte: all that is looked for is ASCII, and no encoding can be wrong.
        var text = Encoding.Latin1.GetString(content, 0, Math.Min(content.Length, Looked));
        if (PrivateKey(text) is { } key)
            return Told(path, text, key, "It holds a private key.");
        if (SluiceKey(text) is { } ours)
            return Told(path, text, ours, "It holds a key of Sluice.");
        if (RegistryToken().Match(text) is { Success: true, Index: var token })
            return Told(path, text, token, "It holds a token of a package registry.");
        return null;
    }

    /// <summary>Where a private key begins that has a body: code that only knows how one begins is none, and a certificate is public.</summary>
    private static int? PrivateKey(string text)
    {
        foreach (var begin in PrivateKeyBegins().EnumerateMatches(text))
        {
            var rest = text.AsSpan(begin.Index + begin.Length);
            if (KeyBody().IsMatch(rest[..Math.Min(rest.Length, Headers)]))
                return begin.Index;
        }
        return null;
    }

    private static int? SluiceKey(string text)
    {
        if (NamedKey().Match(text) is { Success: true, Index: var named })
            return named;
        foreach (var found in KeyEnd().EnumerateMatches(text))
        {
            var end = found.Index + found.Length;
            if (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
                continue;
            // The prefix is a setting of the server, and any name may stand before it: only the checksum tells where it begins.
            for (
                var start = found.Index - 1;
                start >= Math.Max(0, found.Index - LongestPrefix);
                start--
            )
            {
                var prefix = text[start..found.Index];
                if (
                    KeyText.IsPrefix(prefix)
                    && new KeyGate(prefix).Read(text.AsSpan(start..end)).Verdict
                        == KeyVerdict.WellFormed
                )
                    return start;
            }
        }
        return null;
    }

    private static Mistake Told(string path, string text, int at, string what)
    {
        var before = text.AsSpan(0, at);
        return new Mistake(
            "package_credential",
            what,
            path,
            before.Count('\n') + 1,
            at - before.LastIndexOf('\n')
        );
    }

    [GeneratedRegex(
        "-----BEGIN ([A-Z0-9]+ ){0,4}PRIVATE KEY( BLOCK)?-----",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex PrivateKeyBegins();

    [GeneratedRegex(
        "[0-9A-Za-z+/]{40}",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex KeyBody();

    [GeneratedRegex(
        "_(live|test)_[0-9A-Za-z]{32}",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex KeyEnd();

    /// <summary>The shapes without a checksum, as <c>spec/scanning</c> knows them: the admin key, and 64 digits beside their name.</summary>
    [GeneratedRegex(
        """\bslc_admin_[0-9a-f]{64}\b|\b(SLUICE|AXIOM)_(ADMIN_)?API_KEY["']?\s*[:=]\s*["']?[0-9a-f]{64}\b""",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex NamedKey();

    /// <summary>npm's setting with a value of its own: one that names a variable (<c>${NPM_TOKEN}</c>) gives nothing away.</summary>
    [GeneratedRegex(
        """_(authToken|auth|password)\s*=\s*["']?[0-9A-Za-z+/=_.-]{16}""",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex RegistryToken();
}
