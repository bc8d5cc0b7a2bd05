namespace Sluice.Server.Identity;

/// <summary>Addresses of people: what is typed, and the one form in which it is kept and compared.</summary>
internal static class Email
{
    /// <summary>Most characters (RFC 5321).</summary>
    public const int Longest = 254;

    /// <summary>Trimmed and in lower case; null for what is no address. Deliberately shallow: only delivery proves one.</summary>
    public static string? Read(string? typed) =>
        typed?.Trim() is { Length: >= 3 and <= Longest } text
        && text.IndexOf('@') is var at and > 0
        && at == text.LastIndexOf('@')
        && at < text.Length - 1
        && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>' or ',')
            ? text.ToLowerInvariant()
            : null;
}
