using Sluice.Cli.Keys;
using Sluice.Client;

namespace Sluice.Cli.Tests;

/// <summary>Keys that have grown old, as the lists point them out.</summary>
public sealed class KeyAgeTests
{
    [Fact]
    public void A_key_of_ninety_days_is_to_be_rotated_and_a_young_ended_or_succeeded_one_is_not()
    {
        var now = TimeProvider.System.GetUtcNow();
        var old = new ApiKey
        {
            Id = "01M7XVX809TV383BMW2V8EX70A",
            Name = "billing",
            CreatedAt = now.AddDays(-90),
        };
        Assert.Equal(
            "billing is 90 days old: sluice keys rotate 01M7XVX809TV383BMW2V8EX70A",
            KeyFacts.Aging(old)
        );
        foreach (
            var key in (ApiKey[])
                [
                    old with
                    {
                        CreatedAt = now.AddDays(-89),
                    },
                    old with
                    {
                        RevokedAt = now,
                    },
                    old with
                    {
                        RotatedTo = "01M7XVX80XPBEWEASFTPHGFCJF",
                    },
                    old with
                    {
                        ExpiresAt = now.AddDays(-1),
                    },
                ]
        )
            Assert.Null(KeyFacts.Aging(key));
    }
}
