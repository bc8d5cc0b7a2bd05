using Sluice.Server.Ledger;

namespace Sluice.Server.Identity.Factors;

/// <summary>What the ledger remembers of authenticators and passkeys.</summary>
internal static class FactorFacts
{
    public static Fact TotpBegun(string email) => new("totp.begin", "login", email);

    public static Fact TotpOn(string email) => new("totp.on", "login", email);

    public static Fact TotpOff(string email) => new("totp.off", "login", email);

    public static Fact RecoveryCodesMade(string email) =>
        new("totp.recovery_codes", "login", email);
}
