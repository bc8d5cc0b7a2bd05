using System.Diagnostics;

namespace Sluice.Cli.Tests;

/// <summary>The completion scripts inside the shells that are installed here; bash always is.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly string _folder = Directory
        .CreateTempSubdirectory("sluice-completion-")
        .FullName;

    public CompletionTests()
    {
        var program = Path.Combine(_folder, "sluice");
        File.WriteAllText(
            program,
            $"#!/bin/sh\nexec dotnet {typeof(Sluices).Assembly.Location} \"$@\"\n"
        );
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Shells =>
        [.. new[] { "bash", "zsh", "fish" }.Where(shell => File.Exists("/usr/bin/" + shell))];

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task A_shell_completes_commands_and_options(string shell)
    {
        Assert.Contains("versions", await Completed(shell, "sluice flow "));
        Assert.Contains("secret-keys", await Completed(shell, "sluice admin sec"));
        Assert.Contains("--revision", await Completed(shell, "sluice flow get --rev"));
        Assert.DoesNotContain("versions", await Completed(shell, "sluice keys "));
        Assert.Contains("Europe/Berlin", await Completed(shell, "sluice time-zone Europe/Be"));
    }

    /// <summary>What the shell offers for a line with the cursor at its end.</summary>
    private async Task<string[]> Completed(string shell, string line)
    {
        var words = line.Split(' ');
        var script = shell switch
        {
            "bash" =>
                $$"""
                source <(sluice completion bash)
                COMP_LINE='{{line}}' COMP_POINT={{line.Length}} COMP_WORDS=({{string.Join(
                    ' ',
                    words.Select(word => $"'{word}'")
                )}}) COMP_CWORD={{words.Length - 1}}
                _sluice
                printf '%s\n' "${COMPREPLY[@]}"
                """,
            // What the line editor would be given is printed instead.
            "zsh" => $$"""
                autoload -U compinit && compinit -u -d {{_folder}}/zcompdump
                source <(sluice completion zsh)
                compadd() { shift; print -l -- "$@"; }
                LBUFFER='{{line}}'
                _sluice
                """,
            _ => $"""
                sluice completion fish | source
                complete -C '{line}'
                """,
        };
        var start = new ProcessStartInfo("/usr/bin/" + shell, [.. Plain(shell), "-c", script])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}",
                ["HOME"] = _folder,
                ["XDG_CONFIG_HOME"] = _folder,
                ["XDG_DATA_HOME"] = _folder,
            },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(
            TestContext.Current.CancellationToken
        );
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        Assert.Equal("", await errors);
        return [.. said.Split('\n').Select(offered => offered.Split('\t')[0])];
    }

    /// <summary>Without anybody's start-up files.</summary>
    private static string[] Plain(string shell) =>
        shell switch
        {
            "bash" => ["--noprofile", "--norc"],
            "zsh" => ["-f"],
            _ => ["--no-config"],
        };
}
