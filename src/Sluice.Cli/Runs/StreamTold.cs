using System.Text.Json;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>Prints a stream as it comes: a line of JSON for each frame.</summary>
internal static class StreamTold
{
    /// <summary>
    /// Frames go to standard output, so that they can be piped; how it ended is said beside it. For programs each event is
    /// a line, with its name.
    /// </summary>
    public static async Task<Exit> Tell(Session session, IAsyncEnumerable<StreamEvent> events)
    {
        RunError? error = null;
        await foreach (var happened in events)
        {
            if (session.Json)
                session.Terminal.Out.WriteLine(
                    Plain.Json(JsonSerializer.Serialize(happened, SluiceJson.Default.StreamEvent))
                );
            else if (happened.Event == "frame")
                session.People.Block(happened.Data.GetRawText());
            if (happened.Event == "error")
                error = happened.Data.Deserialize(SluiceJson.Default.RunError);
            if (happened.Event == "done")
                return Ended(
                    session,
                    happened.Data.Deserialize(SluiceJson.Default.StreamEnd)!,
                    error
                );
        }
        return session.Fail(
            Exit.Unreachable,
            "stream_broken",
            "The stream broke off before its end.",
            "What became of the run: sluice runs list"
        );
    }

    private static Exit Ended(Session session, StreamEnd end, RunError? error)
    {
        if (end.Status == "succeeded")
        {
            var frames = end.Frames == 1 ? "1 frame" : $"{end.Frames} frames";
            var took = Show.Duration(end.DurationMs) is { } duration ? $" in {duration}" : "";
            session.Remark($"{frames}{took}, run {end.ExecutionId}");
            return Exit.Done;
        }
        if (!session.Json)
            session.Fail(
                Exit.RunFailed,
                error?.Code ?? end.Status,
                $"The run {end.Status}{(error?.Node is { } node ? $" at {node}" : "")}: {error?.Message}",
                $"See its record: sluice runs get {end.ExecutionId}"
            );
        return Exit.RunFailed;
    }
}
