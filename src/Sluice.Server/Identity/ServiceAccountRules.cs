using Sluice.Language;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>What every act on service accounts holds to.</summary>
internal static class ServiceAccountRules
{
    public static string Name(string? given, List<Mistake> mistakes)
    {
        var name = given?.Trim() ?? "";
        if (name.Length is < 1 or > 100 || !PlainText.Is(name))
            mistakes.Add(
                new Mistake(
                    "name",
                    "name is needed: 1 to 100 printable characters that say what it is for",
                    Where: "name"
                )
            );
        return name;
    }

    /// <summary>The refusal where scopes are not the caller's to give.</summary>
    public static Refusal? Beyond(Scopes scopes, Caller caller) =>
        (scopes & ~caller.Scopes) is var extra and not Scopes.None
            ? IdentityRefusals.WiderThanCaller.With([
                .. ScopeNames
                    .Names(extra)
                    .Select(name => new Mistake(
                        "scope_not_held",
                        $"{name} is not among the caller's rights",
                        Where: "scopes"
                    )),
            ])
            : null;
}
