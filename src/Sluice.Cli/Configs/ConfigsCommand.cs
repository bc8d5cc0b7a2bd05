using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Configs;

internal static class ConfigsCommand
{
    public static Command Define(Terminal terminal) =>
        new("configs", "Profiles of a flow: node timeout, parameters, secret overrides")
        {
            ListCommand.Define(terminal),
            PutCommand.Define(terminal),
            GetCommand.Define(terminal),
            RemoveCommand.Define(terminal),
            SecretCommand.Define(terminal),
        };

    public static void Tell(Report people, FlowConfig config)
    {
        people.Facts(
            ("Id", config.Id),
            ("Flow", config.Flow ?? "every flow of the tenant"),
            ("Name", config.Name),
            (
                "Node timeout",
                config.NodeTimeoutSeconds is { } seconds ? $"{seconds} s" : "inherited"
            ),
            ("At once", AtOnce(config.Concurrency)),
            ("Of each key", AtOnce(config.ConcurrencyPerKey)),
            ("Secret overrides", Show.List(config.SecretOverrides, "none")),
            ("Changed", Show.Time(config.UpdatedAt))
        );
        if (config.Params is not { Count: > 0 } parameters)
            return;
        people.Line();
        people.Table(
            ["PARAMETER", "VALUE"],
            parameters.OrderBy(p => p.Key).Select(p => (IReadOnlyList<string?>)[p.Key, p.Value])
        );
    }

    private static string? AtOnce(Concurrency? concurrency) =>
        concurrency is null ? null : $"{concurrency.Limit}, then {concurrency.Policy ?? "queue"}";
}
