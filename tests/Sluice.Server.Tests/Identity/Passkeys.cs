using System.Security.Cryptography;
using Sluice.Server.Identity.Passkeys;

namespace Sluice.Server.Tests.Identity;

/// <summary>Passkeys that no authenticator has: enough to list, rename and remove. Real ones are in the tests of the console.</summary>
internal static class Passkeys
{
    /// <returns>The id.</returns>
    public static async Task<string> Plant(TestHouse house, string email, string? id = null)
    {
        var made = new Passkey
        {
            Id = id ?? Guid.NewGuid().ToString("N"),
            Email = email,
            Handle = email,
            Name = "planted",
            Credential = RandomNumberGenerator.GetBytes(16),
            PublicKey = [],
            SignCount = 0,
            Transports = "",
            BackupEligible = 0,
            BackedUp = 0,
            CreatedAt = 0,
        };
        Assert.True(await house.Database.Write(session => PasskeyStore.Insert(session, made)));
        return made.Id;
    }
}
