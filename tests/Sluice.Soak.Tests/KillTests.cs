namespace Sluice.Soak.Tests;

/// <summary>
/// Servers that are killed at random points while callers call flows of every kind; what is promised is in
/// docs/crash-safety.md, and <c>./dev soak</c> does it for as long as one likes.
/// </summary>
public abstract class KillTests
{
    /// <summary>On two idle cores both stores take less than a minute; a busy machine is not kept for longer than this.</summary>
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(80);

    private protected static async Task Soak(int kills, string? postgres)
    {
        var report = await SoakRun.Run(
            new SoakOptions
            {
                Seed = Verb.Seed(),
                Kills = kills,
                AtMost = AtMost,
                Postgres = postgres,
            }
        );
        TestContext.Current.TestOutputHelper!.WriteLine(report.ToString());
        Assert.True(report.Violations.Count == 0, report.ToString());
        Assert.True(report.Kills >= 5 && report.Runs > report.Kills, report.ToString());
    }
}

public sealed class KillTestsOnSqlite : KillTests
{
    [Fact]
    public Task Every_run_ends_once_however_often_the_server_is_killed() =>
        Soak(kills: 50, postgres: null);
}

public sealed class KillTestsOnPostgres : KillTests
{
    [Fact]
    public async Task Every_run_ends_once_however_often_one_of_two_servers_is_killed() =>
        await Soak(kills: 50, await Verb.NewDatabase());
}
