using Sluice.Language;
using Sluice.Seal;

namespace Sluice.Server.Identity.Passwords;

/// <summary>What a new password must be: long, and no address. Kinds of characters are not asked for: they make passwords no better.</summary>
internal static class PasswordRules
{
    /// <summary>Fewest characters.</summary>
    public const int Shortest = 12;

    private const int FewestDifferent = 5;

    public static void Check(string? password, string email, string where, List<Mistake> mistakes)
    {
        if (Wrong(password, email) is { } wrong)
            mistakes.Add(new Mistake("password", wrong, Where: where));
    }

    private static string? Wrong(string? password, string email) =>
        password switch
        {
            null or { Length: < Shortest } =>
                $"a password has at least {Shortest} characters; a few words are a good one",
            { Length: > Password.MaximumLength } =>
                $"a password has at most {Password.MaximumLength} characters",
            _ when password.Distinct().Count() < FewestDifferent =>
                $"a password has at least {FewestDifferent} different characters",
            _ when password.Contains(email, StringComparison.OrdinalIgnoreCase)
                    || email.Contains(password, StringComparison.OrdinalIgnoreCase) =>
                "a password is not the address that it belongs to",
            _ => null,
        };
}
