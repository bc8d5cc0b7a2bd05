using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary><c>sluice doctor --fix</c> on a machine whose programs are ours: nothing is installed but by our apt-get.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly Typist _typist = new();
    private readonly string _programs;
    private readonly string _called;

    public DoctorTests()
    {
        _programs = Directory.CreateDirectory(Path.Combine(_typist.Home, "bin")).FullName;
        _called = Path.Combine(_typist.Home, "called");
        _typist["PATH"] = _programs;
        _typist["SLUICE_URL"] = "http://127.0.0.1:9";
        Program("dpkg-query", "");
        Program("sudo", "exec \"$@\"");
        foreach (
            var (name, version) in new[]
            {
                ("go", "1.22.1"),
                ("node", "20.1.0"),
                ("tsc", "4.8.4"),
                ("cargo", "1.70.0"),
                ("javac", "17.0.1"),
            }
        )
            Program(name, $"echo {name} {version}");
        // As the SDK does where no ICU is installed.
        Program(
            "dotnet",
            "[ \"$DOTNET_SYSTEM_GLOBALIZATION_INVARIANT\" = 1 ] && echo 10.0.1 || exit 134"
        );
        // What is installed with it is there afterwards.
        Program(
            "apt-get",
            $"""
            echo "$DEBIAN_FRONTEND $@" >> {_called}
            case "$*" in *bubblewrap*) printf '#!/bin/sh\necho bubblewrap 0.8.0\n' > {_programs}/bwrap; chmod +x {_programs}/bwrap ;; esac
            """
        );
    }

    public void Dispose() => _typist.Dispose();

    [Fact]
    public async Task What_is_missing_is_named_with_its_reason_and_installed_after_a_yes()
    {
        _typist.Answers.Enqueue("y");
        _typist.Answers.Enqueue("n");
        var typed = await _typist.Type(["doctor", "--fix"]);
        Assert.Contains("Install bubblewrap (a server here: every node runs in it)?", typed.All);
        Assert.Contains("Install python3 (packages in Python alone)?", typed.All);
        Assert.Equal(
            [
                "noninteractive update -q",
                "noninteractive install -y -q --no-install-recommends bubblewrap",
            ],
            await File.ReadAllLinesAsync(_called)
        );
        Assert.Contains("✓ sandbox     bwrap 0.8.0", typed.Out);
        Assert.Contains("✓ C#          dotnet 10.0.1", typed.Out);
        Assert.Contains("! Python", typed.Out);
    }

    [Fact]
    public async Task Nothing_is_installed_when_nobody_is_there_to_ask()
    {
        var typed = await _typist.Type(["doctor", "--fix"]);
        Assert.Equal(Exit.NeedsConsent, typed.Exit);
        Assert.Contains("add --yes", typed.All);
        Assert.False(File.Exists(_called));
    }

    [Fact]
    public async Task With_yes_it_installs_without_asking_and_programs_read_the_diagnosis()
    {
        var typed = await _typist.Type(["doctor", "--fix", "--yes", "--json"]);
        Assert.Contains("bubblewrap python3", (await File.ReadAllLinesAsync(_called))[1]);
        var checks = JsonDocument.Parse(typed.Out).RootElement.GetProperty("checks");
        var python = checks
            .EnumerateArray()
            .Single(check => check.GetProperty("name").GetString() == "Python");
        Assert.Equal("python3", python.GetProperty("package").GetString());
    }

    [Fact]
    public async Task A_failure_of_apt_get_is_shown_and_ends_badly()
    {
        Program("apt-get", "echo no such mirror >&2; exit 100");
        var typed = await _typist.Type(["doctor", "--fix", "--yes"]);
        Assert.Equal(Exit.Broken, typed.Exit);
        Assert.Contains("no such mirror", typed.All);
        Assert.Contains("ended with 100", typed.All);
    }

    [Fact]
    public async Task Elsewhere_than_on_Debian_it_says_what_to_install()
    {
        File.Delete(Path.Combine(_programs, "apt-get"));
        var typed = await _typist.Type(["doctor", "--fix", "--yes"]);
        Assert.Equal(Exit.Broken, typed.Exit);
        Assert.Contains("This is no Debian", typed.All);
        Assert.Contains("bubblewrap: a server here", typed.All);
    }

    [Fact]
    public async Task A_machine_without_data_of_time_zones_is_told_of_and_needs_none_to_pass()
    {
        _typist["TZDIR"] = _programs;
        var typed = await _typist.Type(["doctor"]);
        Assert.Contains("! time zones  no data in " + _programs, typed.All);
        Assert.Contains("apt-get install tzdata", typed.All);
        var london = Path.Combine(_programs, "Europe", "London");
        Directory.CreateDirectory(Path.GetDirectoryName(london)!);
        await File.WriteAllTextAsync(london, "");
        Assert.Contains("✓ time zones", (await _typist.Type(["doctor"])).All);
    }

    [Fact]
    public async Task With_everything_fixed_doctor_ends_well_though_nobody_is_logged_in()
    {
        await using var server = await ServerProcess.Start();
        _typist["SLUICE_URL"] = server.Url;
        var typed = await _typist.Type(["doctor", "--fix", "--yes"]);
        Assert.True(typed.Exit == Exit.Done, typed.All);
        Assert.Contains("! login       nobody is logged in: sluice login", typed.All);
        Assert.Contains("✓ sandbox     bwrap 0.8.0", typed.Out);
        var read = await _typist.Type(["doctor", "--json"]);
        Assert.True(JsonDocument.Parse(read.Out).RootElement.GetProperty("passed").GetBoolean());

        // What is there and wrong stays a failure, whether or not anything was to be fixed.
        Directory.CreateDirectory(Path.Combine(_typist.Home, ".sluice"));
        await File.WriteAllTextAsync(Path.Combine(_typist.Home, ".sluice", "credentials"), "?");
        typed = await _typist.Type(["doctor", "--fix", "--yes"]);
        Assert.Equal(Exit.Broken, typed.Exit);
        Assert.Contains("✗ login", typed.All);
    }

    [Fact]
    public async Task A_server_that_was_named_has_to_answer_and_one_that_nobody_named_does_not()
    {
        var typed = await _typist.Type(["doctor"]);
        Assert.Equal(Exit.Broken, typed.Exit);
        Assert.Contains("✗ server", typed.All);
        // Whether one runs at the usual address of this machine is not ours to say; that none does is no fault of it.
        _typist["SLUICE_URL"] = null;
        typed = await _typist.Type(["doctor"]);
        Assert.DoesNotContain("✗ server", typed.All);
    }

    private void Program(string name, string script)
    {
        var file = Path.Combine(_programs, name);
        File.WriteAllText(file, $"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n");
        File.SetUnixFileMode(
            file,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
    }
}
