using System.Diagnostics;

namespace Sluice.Runner.Tests.Sandbox;

/// <summary>The unit that is shipped for systemd lets the runner do its work.</summary>
public sealed class UnitFileTests
{
    private static string UnitFile => Repository.File("packaging/sluice.service");

    [Theory]
    [InlineData("RestrictNamespaces")]
    [InlineData("ProtectKernelTunables")]
    [InlineData("SystemCallFilter")]
    [InlineData("ProtectControlGroups")]
    public void The_unit_has_none_of_the_directives_that_break_the_sandbox(string directive) =>
        Assert.DoesNotContain(
            File.ReadLines(UnitFile),
            line => line.StartsWith(directive + "=", StringComparison.Ordinal)
        );

    [Fact]
    public void The_unit_hands_its_control_groups_to_the_server_which_outlives_a_node_without_memory()
    {
        var lines = File.ReadAllLines(UnitFile);
        Assert.Contains("Delegate=yes", lines);
        Assert.Contains("OOMPolicy=continue", lines);
    }

    [Theory]
    [InlineData("Delegate", "Delegate", false)]
    [InlineData("Delegate", "Delegat", true)]
    public void Systemd_finds_nothing_to_say_against_the_unit(
        string word,
        string written,
        bool complains
    )
    {
        Assert.SkipUnless(
            File.Exists("/usr/bin/systemd-analyze"),
            "systemd-analyze is not installed."
        );
        var folder = Directory.CreateTempSubdirectory("sluice-unit-");
        var path = Path.Combine(folder.FullName, "sluice.service");
        // The program is looked for, and is not installed here.
        File.WriteAllText(
            path,
            File.ReadAllText(UnitFile)
                .Replace(
                    "ExecStart=/usr/bin/sluice",
                    "ExecStart=/bin/true",
                    StringComparison.Ordinal
                )
                .Replace($"\n{word}=", $"\n{written}=", StringComparison.Ordinal)
        );
        using var process = Process.Start(
            new ProcessStartInfo("/usr/bin/systemd-analyze", ["verify", path])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        folder.Delete(recursive: true);
        Assert.Equal(complains, said.Contains("sluice.service", StringComparison.Ordinal));
    }
}
