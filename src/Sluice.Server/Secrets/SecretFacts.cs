using Sluice.Server.Ledger;

namespace Sluice.Server.Secrets;

/// <summary>What the ledger remembers of secrets: names, never values.</summary>
internal static class SecretFacts
{
    public static Fact Saved(SecretPlace place, bool isNew) =>
        Of(place, isNew ? "secret.create" : "secret.replace");

    public static Fact Deleted(SecretPlace place) => Of(place, "secret.delete");

    private static Fact Of(SecretPlace place, string action) =>
        new(action, "secret", place.Name)
        {
            ["environment"] = place.Environment,
            ["config"] = place.Holder == SecretPlace.Tenant ? null : place.Holder,
        };
}
