using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Configs;

internal static class ListCommand
{
    public static Command Define(Terminal terminal)
    {
        var flow = new Option<string?>("--flow")
        {
            Description = "Only profiles of this flow",
            HelpName = "handle/flow",
        };
        return new Command("list", "Profiles with what they override") { flow }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Configs.List(session.Value(flow), stop),
                    SluiceJson.Default.PageFlowConfig,
                    (people, page) =>
                        people.Table(
                            [
                                "ID",
                                "FLOW",
                                "NAME",
                                "NODE TIMEOUT",
                                "PARAMETERS",
                                "SECRET OVERRIDES",
                            ],
                            page.Data.Select(config =>
                                (IReadOnlyList<string?>)
                                    [
                                        config.Id,
                                        config.Flow ?? "(every flow)",
                                        config.Name,
                                        config.NodeTimeoutSeconds is { } seconds
                                            ? $"{seconds} s"
                                            : null,
                                        Show.List(config.Params?.Keys.Order(), "–"),
                                        Show.List(config.SecretOverrides, "–"),
                                    ]
                            )
                        )
                );
                return Exit.Done;
            }
        );
    }
}
