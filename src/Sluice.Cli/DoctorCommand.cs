using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>Looks at everything that has to be right before anything works: login, server, toolchains.</summary>
internal static partial class DoctorCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // The oldest version of each language that packages may count on, and how it is asked for.
    private static readonly (
        string Language,
        string Program,
        string Ask,
        Version Oldest
    )[] s_toolchains =
    [
        ("Python", "python3", "--version", new(3, 11)),
        ("Go", "go", "version", new(1, 19)),
        ("TypeScript", "node", "--version", new(18, 0)),
        ("Rust", "cargo", "--version", new(1, 63)),
        ("Java", "javac", "-version", new(17, 0)),
        ("C#", "dotnet", "--version", new(10, 0)),
    ];

    public static Command Define(Terminal terminal) =>
        new Command("doctor", "Check login, server and toolchains").Does(
            terminal,
            async (session, stop) =>
            {
                var checks = new List<Check>
                {
                    new(
                        "program",
                        true,
                        $"sluice {VersionCommand.Version} on {RuntimeInformation.FrameworkDescription}"
                    ),
                    Stored(session),
                };
                checks.AddRange(await Server(session, stop));
                foreach (var (language, program, ask, oldest) in s_toolchains)
                    checks.Add(await Toolchain(language, program, ask, oldest, stop));
                var diagnosis = new Diagnosis(
                    checks.TrueForAll(check => check.Ok || check.Optional),
                    checks
                );
                session.Print(diagnosis, CliJson.Default.Diagnosis, Tell);
                return diagnosis.Passed ? Exit.Done : Exit.Broken;
            }
        );

    private static void Tell(Report people, Diagnosis diagnosis)
    {
        foreach (var check in diagnosis.Checks)
        {
            var line = $"{check.Name, -12}{check.Detail}";
            if (check.Ok)
                people.Good(line);
            else if (check.Optional)
                people.Careful(line);
            else
                people.Bad(line);
        }
    }

    private static Check Stored(Session session)
    {
        if (session.Terminal.Variable("SLUICE_API_KEY") is not null)
            return new("login", true, "the key in SLUICE_API_KEY");
        if (Credentials.Read(session.Terminal) is not { } credentials)
            return new(
                "login",
                false,
                $"{Credentials.PathFor(session.Terminal)} is not what sluice login wrote"
            );
        if (credentials.Find(session.Profile) is not { } login)
            return new("login", false, "nobody is logged in: sluice login");
        return credentials.IsOpenToOthers
            ? new("login", false, $"others can read the key: chmod 600 {credentials.Path}")
            : new("login", true, $"a key for {login.Url}");
    }

    private static async Task<List<Check>> Server(Session session, CancellationToken stop)
    {
        if (Connection.AsNobody(session) is not { } client)
            return [new("server", false, "its address is none")];
        using (client)
        {
            try
            {
                var health = await client.Identity.Health(stop);
                List<Check> checks =
                [
                    new(
                        "server",
                        health.Status == "healthy",
                        $"{health.Service} {health.Version}: {health.Status}"
                    ),
                ];
                if (
                    health.Isolation is { ValueKind: JsonValueKind.Object } isolation
                    && isolation.TryGetProperty("tier", out var tier)
                )
                    checks.Add(
                        new(
                            "isolation",
                            tier.GetString() is not ("none" or "process"),
                            $"nodes run in {tier}"
                        )
                    );
                return checks;
            }
            catch (SluiceException error)
            {
                return [new("server", false, error.Detail)];
            }
        }
    }

    private static async Task<Check> Toolchain(
        string language,
        string program,
        string ask,
        Version oldest,
        CancellationToken stop
    )
    {
        var missing = $"no {program}; needed for packages in {language} alone, {oldest} or newer";
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, [ask])
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    RedirectStandardInput = true,
                }
            )!;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(s_patience);
            var said = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return
                VersionNumber().Match(said) is { Success: true } found
                && Version.TryParse(found.Value, out var version)
                ? new(
                    language,
                    version >= oldest,
                    $"{program} {version}" + (version >= oldest ? "" : $", older than {oldest}")
                )
                {
                    Optional = true,
                }
                : new(language, false, missing) { Optional = true };
        }
        catch (Exception error)
            when (error is Win32Exception or OperationCanceledException
                && !stop.IsCancellationRequested
            )
        {
            return new(language, false, missing) { Optional = true };
        }
    }

    [GeneratedRegex(
        @"\d+\.\d+(\.\d+)?",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex VersionNumber();
}

/// <param name="Passed">Nothing that is always needed is missing.</param>
internal sealed record Diagnosis(bool Passed, IReadOnlyList<Check> Checks);

internal sealed record Check(string Name, bool Ok, string Detail)
{
    /// <summary>Only some work needs it.</summary>
    public bool Optional { get; init; }
}
