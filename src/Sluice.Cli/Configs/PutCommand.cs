using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Configs;

/// <summary>Creates a profile or replaces it. A profile named default applies by itself; others are chosen per call.</summary>
internal static class PutCommand
{
    public static Command Define(Terminal terminal)
    {
        var flow = new Option<string?>("--flow")
        {
            Description = "The flow it belongs to [default: every flow of the tenant]",
            HelpName = "handle/flow",
        };
        var name = new Option<string>("--name")
        {
            Description = "The profile; default applies by itself",
            DefaultValueFactory = _ => "default",
        };
        var timeout = new Option<int?>("--node-timeout")
        {
            Description = "Seconds, 1 to 3600",
            HelpName = "seconds",
        };
        var parameters = new Option<string[]>("--param")
        {
            Description = "NAME=VALUE, stored in plain form; repeatable. Not for credentials",
            HelpName = "name=value",
        };
        var atOnce = new Option<string?>("--at-once")
        {
            Description =
                "Runs at once, 1 to 10000; after a colon what becomes of the next: queue, drop or replace",
            HelpName = "limit[:policy]",
        };
        var perKey = new Option<string?>("--at-once-per-key")
        {
            Description = "The same for the runs of each API key",
            HelpName = "limit[:policy]",
        };
        return new Command("put", "Create or replace a profile")
        {
            flow,
            name,
            timeout,
            parameters,
            atOnce,
            perKey,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var values = new SortedDictionary<string, string>();
                foreach (var pair in session.Value(parameters) ?? [])
                {
                    var equals = pair.IndexOf('=', StringComparison.Ordinal);
                    if (equals <= 0)
                        return session.Fail(
                            Exit.Usage,
                            "bad_param",
                            $"--param {pair} is not NAME=VALUE."
                        );
                    values[pair[..equals]] = pair[(equals + 1)..];
                }
                var limits = new Concurrency?[2];
                foreach (var (at, option) in new[] { atOnce, perKey }.Index())
                {
                    if (session.Value(option) is not { } text)
                        continue;
                    var parts = text.Split(':', 2);
                    if (!int.TryParse(parts[0], CultureInfo.InvariantCulture, out var limit))
                        return session.Fail(
                            Exit.Usage,
                            "bad_limit",
                            $"{option.Name} {text} is not LIMIT or LIMIT:POLICY."
                        );
                    limits[at] = new Concurrency(limit, parts.ElementAtOrDefault(1));
                }
                var config = new NewFlowConfig(
                    session.Value(flow),
                    session.Value(name)!,
                    session.Value(timeout),
                    values.Count == 0 ? null : values,
                    limits[0],
                    limits[1]
                );
                session.Print(
                    await client.Configs.Put(config, stop),
                    SluiceJson.Default.FlowConfig,
                    ConfigsCommand.Tell
                );
                return Exit.Done;
            }
        );
    }
}
