using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Language.Protos;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// <c>POST /invocations/v1/flows/invoke/stream</c>: runs a flow over streams, and gives what comes out of it as it comes.
/// The run is its reader's: at the reader's pace, and cancelled when the reader leaves.
/// </summary>
internal sealed partial class StreamFlow(
    InvokeFlow invoke,
    RunStarter starter,
    RunLoop loop,
    StreamDesk desk,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<StreamFlow> log,
    IOptions<RunOptions> options
)
{
    public static Task<IResult> Handle(HttpContext context, Caller caller, StreamFlow act) =>
        act.Invoke(context, caller);

    private async Task<IResult> Invoke(HttpContext context, Caller caller)
    {
        var (body, tooLarge) = await Body.ReadAll(context, options.Value.LargestInput);
        if (tooLarge is not null)
            return tooLarge;
        var parsed = InvokeRequest.Parse(body);
        if (parsed.Refused)
            return parsed.Refusal;
        var request = parsed.Value;
        var mistakes = Mistakes(context, request).ToList();
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var found = await invoke.FindGraph(request, caller, context.RequestAborted);
        if (found.Refused)
            return found.Refusal;
        if (!found.Value.Flow.IsPipeline)
            return RunRefusals.NotAStream;
        var input = ProtoJson.Parse(found.Value.Plan.Input, request.Input.Span);
        if (input.Value is null)
            return CommonRefusals.InvalidInput.With(input.Mistakes);
        return await Answer(
            context,
            caller,
            new NewRun
            {
                Graph = found.Value,
                Input = input.Value,
                ConfigId = request.ConfigId,
                TimeoutMs = request.TimeoutMs,
                Wait = true,
                Priority = request.Priority,
            }
        );
    }

    /// <summary>Runs what is wanted, and tells its frames and its end.</summary>
    public async Task<IResult> Answer(HttpContext context, Caller caller, NewRun wanted)
    {
        var outlet = new StreamOutlet();
        var started = await starter.Start(
            caller,
            wanted with
            {
                Outlet = outlet,
            },
            context.TraceIdentifier,
            key: null,
            context.RequestAborted
        );
        if (started.Refused)
            return started.Refusal;
        var run = started.Value;
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping
        );
        var ended = loop.Ended(run.TenantId, run.Id, untilPaused: false, gone.Token);
        _ = ended.ContinueWith(
            _ => outlet.Close(),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default
        );
        try
        {
            var events = new StreamEvents(context.Response, clock);
            events.Begin(run.Id);
            await events.Frames(outlet.Frames, wanted.Graph.Plan.Output, gone.Token);
            var end = await ended;
            await events.Ended(run, end, gone.Token);
        }
        catch (OperationCanceledException)
            when (context.RequestAborted.IsCancellationRequested
                || lifetime.ApplicationStopping.IsCancellationRequested
            )
        {
            // Nobody reads on.
        }
        catch (StoreUnavailableException)
        {
            // No `done`: how the run ended stands in its record when the store is back.
        }
        finally
        {
            // Whatever it was that ended the reading: a run that nobody reads any more does not go on.
            desk.Take(run.Id);
            outlet.Close();
            // When the server stops, the run is not the reader's to cancel: it has been cut off.
            if (
                !ended.IsCompletedSuccessfully
                && !lifetime.ApplicationStopping.IsCancellationRequested
            )
                await Leave(run);
        }
        return TypedResults.Empty;
    }

    private async Task Leave(Run run)
    {
        LogLeft(log, run.Id, run.TenantId);
        try
        {
            await loop.Cancel(run.TenantId, run.Id, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Nobody takes its frames any more; it goes no further than that.
            loop.Find(run.TenantId, run.Id)?.AskCancel();
        }
    }

    private static IEnumerable<Mistake> Mistakes(HttpContext context, InvokeRequest request)
    {
        if (!request.Wait)
            yield return new Mistake("stream", "a stream has a reader who waits", Where: "wait");
        if (request.Debug is not null)
            yield return new Mistake("stream", "a stream cannot be paused", Where: "debug");
        if (context.Request.Headers.ContainsKey("Idempotency-Key"))
            yield return new Mistake(
                "stream",
                "frames are not kept, so that a stream cannot be given a second time",
                Where: "Idempotency-Key"
            );
    }

    [LoggerMessage(
        1340,
        LogLevel.Information,
        "The reader of run {RunId} in tenant {TenantId} has left; the run is cancelled"
    )]
    private static partial void LogLeft(ILogger log, string runId, string tenantId);
}
