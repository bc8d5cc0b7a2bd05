namespace Sluice.Cli.Tests;

/// <summary>A server on a machine that has no data of time zones.</summary>
public sealed class TimeZoneDataTests
{
    [Fact]
    public async Task Without_data_of_time_zones_a_server_knows_UTC_alone_and_says_what_to_install()
    {
        await using var server = await ServerProcess.Start(
            new Dictionary<string, string> { ["TZDIR"] = "/nonexistent" }
        );
        using var typist = new Typist();
        typist["SLUICE_URL"] = server.Url;
        typist["SLUICE_ADMIN_API_KEY"] = server.AdminKey;
        var made = await typist.Type([
            "admin",
            "org",
            "create",
            "demo",
            "--owner-email",
            "ada@example.com",
            "--save-to",
            "first.key",
        ]);
        Assert.True(made.Exit == Exit.Done, made.All);
        typist["SLUICE_API_KEY"] = (
            await File.ReadAllTextAsync(
                Path.Combine(typist.Folder, "first.key"),
                TestContext.Current.CancellationToken
            )
        ).Trim();
        var refused = await typist.Type(["time-zone", "Europe/Berlin"]);
        Assert.Equal(Exit.Invalid, refused.Exit);
        Assert.Contains("its operator installs the package tzdata", refused.All);
        var utc = await typist.Type(["time-zone", "UTC"]);
        Assert.True(utc.Exit == Exit.Done, utc.All);
        Assert.Contains("+00:00", utc.Out);
    }
}
