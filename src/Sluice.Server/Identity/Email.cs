using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>Addresses of people: what is typed, and the one form in which it is kept and compared.</summary>
internal static class Email
{
    /// <summary>Most characters (RFC 5321).</summary>
    public const int Longest = 254;

    /// <summary>
    /// Trimmed and in lower case; null for what is no address, and for what would look like another: with something in it that nobody sees,
    /// or accents that are written apart from their letters. Else deliberately shallow: only delivery proves one.
    /// </summary>
    public static string? Read(string? typed) =>
        typed?.Trim() is { Length: >= 3 and <= Longest } text
        && text.IndexOf('@') is var at and > 0
        && at == text.LastIndexOf('@')
        && at < text.Length - 1
        && PlainText.Is(text)
        && !text.Any(c =>
            char.IsWhiteSpace(c)
            || char.IsSurrogate(c)
            || c is '<' or '>' or ',' or '\u200C' or '\u200D' or (>= '\u0300' and <= '\u036F')
        )
            ? text.ToLowerInvariant()
            : null;
}
