using System.Text.RegularExpressions;

namespace Sluice.House.Tests;

/// <summary>How long a comparison takes must not tell how much of a credential was right.</summary>
public sealed partial class FixedTimeTests
{
    /// <summary>Where such a name is compared in the ordinary way, and why that tells nothing.</summary>
    private static readonly Dictionary<string, string> Harmless = new()
    {
        ["Sluice.Server/Flows/Runs/RunStarter.cs"] = "the hash of a body, which is no credential",
        ["Sluice.Server/Identity/Invitations/AcceptInvitation.cs"] =
            "what is stored with what is stored: whether it changed meanwhile",
        ["Sluice.Server/Keys/ImportKeys.cs"] =
            "which of the rows that were found is whose, by the SHA-256 that found them",
        ["Sluice.Server/Keys/SharedKeyLookup.cs"] =
            "which of the rows that were found is whose, by the SHA-256 that found them",
        ["Sluice.Server/Ledger/ShowChain.cs"] =
            "hashes of a ledger with each other, which its readers are shown",
    };

    [Fact]
    public void Credentials_are_compared_in_fixed_time_alone()
    {
        var found = Tree.Sources("src", "Sluice.Server")
            .Concat(Tree.Sources("src", "Sluice.Seal"))
            .Where(file => Compared().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Tree.Path("src"), file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
        // One that is compared so no more leaves the list, too.
        Assert.Equal(Harmless.Keys.Order(StringComparer.Ordinal), found);
    }

    [Theory]
    [InlineData("if (hash == kept)", true)]
    [InlineData("return key.Secret != presented;", true)]
    [InlineData("token.AsSpan().SequenceEqual(other)", true)]
    [InlineData("signature.Equals(expected)", true)]
    [InlineData("string.Equals(password, other)", true)]
    [InlineData("if (secret == null || hash is null)", false)]
    [InlineData("CryptographicOperations.FixedTimeEquals(hash, kept)", false)]
    [InlineData("hash.Length == 32", false)]
    public void What_compares_is_recognised(string line, bool compares) =>
        Assert.Equal(compares, Compared().IsMatch(line));

    [GeneratedRegex(
        """
            (?i)\b\w*(hash|secret|token|password|signature|mac)\s*(==|!=)(?!\s*(null\b|default\b|\d|""))
            | (?i)\b\w*(hash|secret|token|password|signature|mac)(\.AsSpan\(\)|\.Span)?\.(SequenceEqual|Equals)\(
            | \b(?i:string|object)\.Equals\(\s*(?i:\w*(hash|secret|token|password|signature|mac))\b
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        60_000
    )]
    private static partial Regex Compared();
}
