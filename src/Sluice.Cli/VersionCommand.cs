using System.CommandLine;
using System.Reflection;
using Sluice.Cli.Terminals;

namespace Sluice.Cli;

internal static class VersionCommand
{
    public static string Version { get; } =
        typeof(VersionCommand)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion
        ?? "0.0.0";

    public static Command Define(Terminal terminal) =>
        new Command("version", "The program's version").Does(
            terminal,
            (session, _) =>
            {
                session.Print(
                    new ProgramVersion(Version),
                    CliJson.Default.ProgramVersion,
                    (people, _) => people.Line($"sluice version {Version}")
                );
                return Task.FromResult(Exit.Done);
            }
        );
}

internal sealed record ProgramVersion(string Version);
