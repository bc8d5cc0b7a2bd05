using System.CommandLine;
using System.Text.Json;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>What <c>invoke</c> and <c>flow run</c> have in common: the input, how to wait, what to print.</summary>
internal sealed class InvokeOptions
{
    private const int LongestInput = 64 * 1024 * 1024;
    private readonly Option<string?> _input = new("--input", "-d")
    {
        Description = "The input message as JSON [default: {}]",
        HelpName = "json",
    };
    private readonly Option<string?> _inputFile = new("--input-file", "-f")
    {
        Description = "A file with the input; - for standard input",
        HelpName = "file",
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
        foreach (
            Option option in new Option[]
            {
                _input,
                _inputFile,
                _noWait,
                _config,
                _timeout,
                _idempotencyKey,
            }
        )
            command.Add(option);
    }

    /// <summary>The input, or null after saying what is wrong with it.</summary>
    public async Task<JsonElement?> Input(Session session, CancellationToken stop)
    {
        var source = session.Value(_inputFile) ?? "--input";
        try
        {
            var bytes = session.Value(_inputFile) switch
            {
                null => System.Text.Encoding.UTF8.GetBytes(session.Value(_input) ?? "{}"),
                "-" => await ReadAll(session.Terminal.In, stop),
                var file => await File.ReadAllBytesAsync(session.Terminal.Path(file), stop),
            };
            using var document = JsonDocument.Parse(
                bytes,
                new JsonDocumentOptions { MaxDepth = 256 }
            );
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            session.Fail(
                Exit.Invalid,
                "bad_json",
                $"The input is no JSON: {source}:{error.LineNumber + 1}:{error.BytePositionInLine + 1}.",
                """Like --input '{"name": "Ada"}', in single quotes."""
            );
        }
        catch (FileNotFoundException)
        {
            session.Fail(Exit.Usage, "no_file", $"There is no file {source}.");
        }
        return null;
    }

    public async Task<Exit> Invoke(
        Session session,
        SluiceClient client,
        string? graphId,
        string? flow,
        JsonElement input,
        CancellationToken stop
    )
    {
        var invocation = new NewInvocation(
            graphId,
            flow,
            input,
            Wait: !session.Value(_noWait),
            session.Value(_config),
            session.Value(_timeout) is { } seconds ? (long)Math.Ceiling(seconds * 1000) : null
        );
        var run = await client.Runs.Invoke(invocation, session.Value(_idempotencyKey), stop);
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

    private static async Task<byte[]> ReadAll(Stream stream, CancellationToken stop)
    {
        using var all = new MemoryStream();
        var buffer = new byte[81_920];
        int read;
        while ((read = await stream.ReadAsync(buffer, stop)) > 0)
        {
            if (all.Length + read > LongestInput)
                throw new IOException(
                    $"The input is longer than {LongestInput / 1024 / 1024} MiB."
                );
            all.Write(buffer, 0, read);
        }
        return all.ToArray();
    }
}
