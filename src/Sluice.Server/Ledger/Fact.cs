using System.Text;

namespace Sluice.Server.Ledger;

/// <summary>
/// What happened: <c>new Fact("key.create", "key", id) { ["name"] = name }</c>. Details are short plain texts about the thing; never a
/// secret, a key's text, a parameter's value or a payload.
/// </summary>
/// <param name="Action">What is done and to what kind of thing, such as <c>key.revoke</c>; spec/ledger.md lists them.</param>
/// <param name="TargetKind">The kind of thing, such as <c>key</c>.</param>
/// <param name="Target">Its id or name.</param>
internal sealed record Fact(string Action, string TargetKind, string Target)
{
    /// <summary>Most characters of a detail; what is longer is cut.</summary>
    private const int Longest = 500;

    private readonly SortedDictionary<string, string> _details = new(StringComparer.Ordinal);

    /// <summary>Whose ledger it goes to: for acts of the operator, and where the caller is not yet known. Null: the caller's.</summary>
    public string? TenantId { get; init; }

    /// <summary>The code of the refusal; null when it was done.</summary>
    public string? Code { get; init; }

    public IReadOnlyDictionary<string, string> Details => _details;

    /// <summary>A detail; null is left out.</summary>
    public string? this[string name]
    {
        get => _details.GetValueOrDefault(name);
        set
        {
            if (value is not null)
                _details[name] = Clean(value, Longest);
        }
    }

    /// <summary>A text that every store and every reader keeps exactly: whole characters, no U+0000, not too long.</summary>
    internal static string Clean(string text, int longest)
    {
        if (text.Length > longest)
            text = string.Concat(
                text.AsSpan(0, char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest),
                "…"
            );
        // Encoding replaces half a character by U+FFFD.
        return text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 && !text.Contains('\0')
            ? text
            : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')));
    }
}
