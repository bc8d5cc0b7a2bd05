using System.CommandLine;
using System.Text.Json;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>What <c>invoke</c> and <c>flow run</c> have in common: the input, how to wait, what to print.</summary>
internal sealed class InvokeOptions
{
    private readonly InputOptions _input = new();
    private readonly DebugOptions _debug = new();
    private readonly Option<bool> _stream = new("--stream")
    {
        Description = "Print frames as they come, of a flow over streams or a pipeline node",
    };
    private readonly Option<bool> _noWait = new("--no-wait")
    {
        Description = "Answer with the run's id at once",
    };
    private readonly Option<string?> _config = new("--config")
    {
        Description = "Run with this config",
        HelpName = "id",
    };
    private readonly Option<double?> _timeout = new("--timeout")
    {
        Description = "The run's deadline",
        HelpName = "seconds",
    };
    private readonly Option<string?> _idempotencyKey = new("--idempotency-key")
    {
        Description = "The same key gives the same run again",
        HelpName = "key",
    };

    public void AddTo(Command command)
    {
        _input.AddTo(command);
        command.Add(_stream);
        command.Add(_noWait);
        command.Add(_config);
        command.Add(_timeout);
        command.Add(_idempotencyKey);
        _debug.AddTo(command);
    }

    /// <summary>The input, or null after saying what is wrong with it.</summary>
    public async Task<JsonElement?> Input(Session session, CancellationToken stop) =>
        await _input.Read(session, stop) is var (input, isRead) && isRead
            ? input ?? JsonElement.Parse("{}")
            : null;

    public async Task<Exit> Invoke(
        Session session,
        SluiceClient client,
        InvokeTarget target,
        JsonElement input,
        CancellationToken stop
    )
    {
        long? timeout = session.Value(_timeout) is { } seconds
            ? (long)Math.Ceiling(seconds * 1000)
            : null;
        var stream = session.Value(_stream);
        if (target.Node is { } node)
        {
            if (session.Value(_noWait) || _debug.Wish(session) is not null)
                return session.Fail(
                    Exit.Usage,
                    "node_option",
                    "A single node is waited for and has nothing to pause at: --no-wait, --break and --pause-at-start are for flows."
                );
            var call = new NodeInvocation(
                node.Package,
                node.Version,
                node.Name,
                input,
                session.Value(_config),
                timeout
            );
            return stream
                ? await StreamTold.Tell(session, client.Streams.Node(call, stop))
                : Told(
                    session,
                    await client.Streams.Invoke(call, session.Value(_idempotencyKey), stop)
                );
        }
        var invocation = new NewInvocation(
            target.GraphId,
            target.Flow,
            input,
            Wait: !session.Value(_noWait),
            session.Value(_config),
            timeout,
            _debug.Priority(session),
            _debug.Wish(session)
        );
        return stream
            ? await StreamTold.Tell(session, client.Streams.Flow(invocation, stop))
            : Told(
                session,
                await client.Runs.Invoke(invocation, session.Value(_idempotencyKey), stop)
            );
    }

    /// <summary>Says what became of a call, and the exit code that goes with it.</summary>
    public static Exit Told(Session session, Invocation run)
    {
        if (session.Json)
            session.PrintJson(run, SluiceJson.Default.Invocation);
        else
            Tell(session, run);
        return run.Error is not null || run.Status is "failed" or "cancelled"
            ? Exit.RunFailed
            : Exit.Done;
    }

    // The output alone goes to standard output, so that it can be piped; all else is said beside it.
    private static void Tell(Session session, Invocation run)
    {
        if (run.Error is { } error)
        {
            session.Fail(
                Exit.RunFailed,
                error.Code ?? run.Status,
                $"The run {Fate(run.Status, error.Node)}: {error.Message}",
                $"See its record: sluice runs get {run.ExecutionId}"
            );
            return;
        }
        if (Show.Json(run.Output) is { } output)
            session.People.Block(output);
        var took = Show.Duration(run.DurationMs) is { } duration ? $" in {duration}" : "";
        session.Remark($"{run.Status}{took}, run {run.ExecutionId}");
    }

    private static string Fate(string status, string? node)
    {
        var at = node is null ? "" : $" at {node}";
        return status switch
        {
            "cancelled" => $"was cancelled{at}",
            "compensated" => $"failed{at}, and what it had done is undone",
            _ => $"{status}{at}",
        };
    }
}
