using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Cli.Admin;
using Sluice.Cli.Machine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>Looks at everything that has to be right before anything works: login, server, toolchains.</summary>
internal static class DoctorCommand
{
    // Time in which a certificate is to be renewed, before anybody notices.
    private static readonly TimeSpan LongEnough = TimeSpan.FromDays(14);

    public static Command Define(Terminal terminal)
    {
        var fix = new Option<bool>("--fix")
        {
            Description = "Install what is missing with apt-get, after asking for each",
        };
        var yes = GlobalOptions.Yes();
        return new Command(
            "doctor",
            "Check login, server and toolchains; with the operator's key, where the server listens too"
        )
        {
            fix,
            yes,
        }.Does(
            terminal,
            async (session, stop) =>
            {
                var tools = await Tools(terminal, stop);
                if (session.Value(fix))
                {
                    var done = await DebianPackages.Install(
                        session,
                        [.. Tool.All.Where((_, at) => tools[at].Absent)],
                        session.Value(yes),
                        stop
                    );
                    if (done != Exit.Done)
                        return done;
                    tools = await Tools(terminal, stop);
                }
                var (listeners, standing) = await Listeners(session, stop);
                List<Check> checks =
                [
                    new(
                        "program",
                        true,
                        $"sluice {VersionCommand.Version} on {RuntimeInformation.FrameworkDescription}"
                    ),
                    Stored(session),
                    .. await Server(session, stop),
                    .. standing,
                    .. tools,
                    Zones(terminal),
                ];
                var diagnosis = new Diagnosis(
                    checks.TrueForAll(check => check.Ok || check.Optional),
                    checks
                )
                {
                    Listeners = listeners,
                };
                session.Print(diagnosis, CliJson.Default.Diagnosis, Tell);
                if (!session.Value(fix) && tools.Exists(tool => tool.Package is not null))
                    session.Remark("sluice doctor --fix installs what is missing.");
                return diagnosis.Passed ? Exit.Done : Exit.Broken;
            }
        );
    }

    private static async Task<List<Check>> Tools(Terminal terminal, CancellationToken stop) =>
        [.. await Task.WhenAll(Tool.All.Select(tool => tool.Look(terminal, stop)))];

    /// <summary>Where this machine has the data of time zones: a server here without shows everybody times in UTC.</summary>
    private static Check Zones(Terminal terminal)
    {
        var folder = terminal.Variable("TZDIR") ?? "/usr/share/zoneinfo";
        return File.Exists(Path.Combine(folder, "Europe", "London"))
            ? new("time zones", true, $"data in {folder}")
            : new(
                "time zones",
                false,
                $"no data in {folder}; needed for a server here, which shows times in UTC without: apt-get install tzdata"
            )
            {
                Optional = true,
            };
    }

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
            // As it should be on a machine that only serves, or was set up a moment ago.
            return new("login", false, "nobody is logged in: sluice login") { Optional = true };
        return credentials.IsOpenToOthers
            ? new("login", false, $"others can read the key: chmod 600 {credentials.Path}")
            : new("login", true, $"a key for {login.Url}");
    }

    /// <summary>Where the server listens, whom it takes there and where that leads: what the operator alone may know.</summary>
    private static async Task<(IReadOnlyList<Listener>? Listeners, List<Check> Checks)> Listeners(
        Session session,
        CancellationToken stop
    )
    {
        if (
            session.Terminal.Variable("SLUICE_ADMIN_API_KEY") is not { } key
            || Connection.AsNobody(session, key) is not { } client
        )
            return (null, []);
        using (client)
        {
            try
            {
                var listeners = (await client.Admin.Listeners(stop)).Data;
                return (listeners, [.. listeners.Select(Listening)]);
            }
            catch (SluiceException error)
            {
                return (
                    null,
                    [new("listener", false, $"not told: {error.Detail}") { Optional = true }]
                );
            }
        }
    }

    private static Check Listening(Listener listener)
    {
        var left = listener.CertificateExpiresAt - TimeProvider.System.GetUtcNow();
        return new(
            "listener",
            left is null || left > LongEnough,
            $"{listener.Name}: {listener.Url} takes {ListenersCommand.Clients(listener)}, leads to {ListenersCommand.Doors(listener)}"
                + (
                    listener.CertificateExpiresAt is { } end
                        ? $"; its certificate ends {Show.Time(end)}"
                        : ""
                )
        )
        {
            Optional = left > TimeSpan.Zero,
        };
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
                when (error.Code == SluiceException.Unreachable && !Connection.IsNamed(session))
            {
                return
                [
                    new(
                        "server",
                        false,
                        $"none was named, and none answers at {Connection.DefaultUrl}: sluice serve, or --url"
                    )
                    {
                        Optional = true,
                    },
                ];
            }
            catch (SluiceException error)
            {
                return [new("server", false, error.Detail)];
            }
        }
    }
}

/// <param name="Passed">Nothing that is always needed is missing.</param>
internal sealed record Diagnosis(bool Passed, IReadOnlyList<Check> Checks)
{
    /// <summary>Where the server listens; null without the operator's key.</summary>
    public IReadOnlyList<Listener>? Listeners { get; init; }
}

internal sealed record Check(string Name, bool Ok, string Detail)
{
    /// <summary>Only some work needs it.</summary>
    public bool Optional { get; init; }

    /// <summary>The Debian package that would bring what is missing.</summary>
    public string? Package { get; init; }

    internal bool Absent { get; init; }
}
