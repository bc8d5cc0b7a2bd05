using Sluice.Server.Ledger;

namespace Sluice.Server.Identity.Passkeys;

/// <summary>What the ledger remembers of passkeys.</summary>
internal static class PasskeyFacts
{
    public static Fact Added(Passkey passkey) =>
        Of("passkey.add", passkey.Id, passkey.Name, passkey.Email);

    public static Fact Renamed(string id, string name, string email) =>
        Of("passkey.rename", id, name, email);

    public static Fact Removed(string id, string email) => Of("passkey.remove", id, null, email);

    private static Fact Of(string action, string id, string? name, string email) =>
        new(action, "passkey", id) { ["name"] = name, ["email"] = email };
}
