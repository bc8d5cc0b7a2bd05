using System.CommandLine;
using System.Text;
using System.Text.Json;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>Runs a run again as a new one: whole, from a placement, or from a line of its journal.</summary>
internal static class ReplayCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "The run to run again" };
        var from = new Option<string?>("--from")
        {
            Description = "Take over what came before this placement",
            HelpName = "alias",
        };
        var checkpoint = new Option<long?>("--checkpoint")
        {
            Description = "Take over what is on record up to this event (sluice runs events)",
            HelpName = "number",
        };
        var steps = new Option<string[]>("--step")
        {
            Description = "Another output of a step that is taken over; repeatable",
            HelpName = "alias=json",
        };
        var wait = new Option<bool>("--wait") { Description = "Wait for its end" };
        var config = new Option<string?>("--config")
        {
            Description = "Run with this config [default: the old run's]",
            HelpName = "id",
        };
        var timeout = new Option<double?>("--timeout")
        {
            Description = "The new run's deadline",
            HelpName = "seconds",
        };
        var (input, debug) = (new InputOptions(), new DebugOptions());
        var command = new Command(
            "replay",
            "Run a run again, whole or from a step; --input is then the step's"
        )
        {
            id,
            from,
            checkpoint,
            steps,
            wait,
            config,
            timeout,
        };
        input.AddTo(command);
        debug.AddTo(command);
        return command.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var (edited, isRead) = await input.Read(session, stop);
                if (!isRead || !Outputs(session, session.Value(steps) ?? [], out var outputs))
                    return Exit.Invalid;
                var replay = new NewReplay
                {
                    From = session.Value(from),
                    Checkpoint = session.Value(checkpoint),
                    Input = edited,
                    Steps = outputs,
                    Wait = session.Value(wait),
                    ConfigId = session.Value(config),
                    TimeoutMs = session.Value(timeout) is { } seconds
                        ? (long)Math.Ceiling(seconds * 1000)
                        : null,
                    Priority = debug.Priority(session),
                    Debug = debug.Wish(session),
                };
                return InvokeOptions.Told(
                    session,
                    await client.Runs.Replay(session.Value(id), replay, stop)
                );
            }
        );
    }

    private static bool Outputs(
        Session session,
        string[] given,
        out Dictionary<string, JsonElement>? outputs
    )
    {
        outputs = given.Length > 0 ? [] : null;
        foreach (var pair in given)
        {
            try
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                outputs![pair[..Math.Max(0, equals)]] = InputOptions.Parse(
                    Encoding.UTF8.GetBytes(pair[(equals + 1)..])
                );
            }
            catch (JsonException)
            {
                session.Fail(Exit.Invalid, "bad_step", $"--step {pair} is not ALIAS=JSON.");
                return false;
            }
        }
        return true;
    }
}
