using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Language.Packages;
using Sluice.Language.Protos;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// <c>POST /invocations/v1/nodes/{owner}/{package}/{version}/{node}</c>: calls one node, without a flow around it. The
/// body is the input message; the call is a run on record. A pipeline node answers with a stream, at <c>/stream</c> or
/// to whoever accepts <c>text/event-stream</c>.
/// </summary>
internal sealed class InvokeNode(
    NodeGraphs graphs,
    RunStarter starter,
    InvokeFlow flows,
    StreamFlow streams,
    IOptions<RunOptions> options
)
{
    /// <summary>The node's time unless the call says another, in seconds.</summary>
    private const int UsualSeconds = 30;

    /// <summary>Longest time of a node, in seconds.</summary>
    private const int MostSeconds = 3600;

    private const string EventStream = "text/event-stream";

    public static Task<IResult> Handle(
        string owner,
        string package,
        string version,
        string node,
        HttpContext context,
        Caller caller,
        InvokeNode act
    ) =>
        act.Invoke(
            context,
            caller,
            new PackageReference($"{owner}/{package}", version),
            node,
            context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == EventStream)
        );

    public static Task<IResult> Stream(
        string owner,
        string package,
        string version,
        string node,
        HttpContext context,
        Caller caller,
        InvokeNode act
    ) =>
        act.Invoke(
            context,
            caller,
            new PackageReference($"{owner}/{package}", version),
            node,
            stream: true
        );

    private async Task<IResult> Invoke(
        HttpContext context,
        Caller caller,
        PackageReference package,
        string node,
        bool stream
    )
    {
        var (body, tooLarge) = await Body.ReadAll(context, options.Value.LargestInput);
        if (tooLarge is not null)
            return tooLarge;
        var found = await graphs.Find(caller, package, node, context.RequestAborted);
        if (found.Refused)
            return found.Refusal;
        var graph = found.Value;
        if (graph.Flow.IsPipeline != stream)
            return stream ? RunRefusals.NotAStream : RunRefusals.StreamOnly;
        var mistakes = new List<Mistake>();
        var wish = Read(context.Request, mistakes);
        var idempotencyKey = context.Request.Headers["Idempotency-Key"].ToString();
        if (idempotencyKey.Length > 255 || stream && idempotencyKey.Length > 0)
            mistakes.Add(
                new Mistake(
                    "idempotency_key",
                    stream
                        ? "frames are not kept, so that a stream cannot be given a second time"
                        : "an Idempotency-Key has at most 255 characters",
                    Where: "Idempotency-Key"
                )
            );
        var input = ProtoJson.Parse(graph.Plan.Input, body.IsEmpty ? "{}"u8 : body.Span);
        mistakes.AddRange(input.Mistakes);
        if (input.Value is null || mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var wanted = new NewRun
        {
            Graph = graph,
            Input = input.Value,
            ConfigId = wish.ConfigId,
            TimeoutMs = wish.TimeoutMs,
            NodeTimeoutSeconds = wish.TimeoutMs is { } timeout
                ? Math.Clamp((timeout + 999) / 1000, 1, MostSeconds)
                : UsualSeconds,
            Wait = true,
        };
        if (stream)
            return await streams.Answer(context, caller, wanted);
        var started = await starter.Start(
            caller,
            wanted,
            context.TraceIdentifier,
            idempotencyKey.Length > 0 ? (idempotencyKey, HashOf(graph, body.Span)) : null,
            context.RequestAborted
        );
        return started.Refused
            ? started.Refusal
            : await flows.Answer(context, wait: true, graph, started.Value);
    }

    /// <summary>The same key with the same body means the same node, too.</summary>
    private static byte[] HashOf(LoadedGraph graph, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(graph.Row.Flow + "\n"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    private static (string? ConfigId, long? TimeoutMs) Read(
        HttpRequest request,
        List<Mistake> mistakes
    )
    {
        var config = request.Query["config_id"].ToString();
        var timeout = request.Query["timeout_ms"].ToString();
        if (timeout.Length == 0)
            return (config.Length > 0 ? config : null, null);
        if (
            long.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
            && ms is >= 1 and <= InvokeRequest.LongestTimeoutMs
        )
            return (config.Length > 0 ? config : null, ms);
        mistakes.Add(
            new Mistake(
                "type",
                $"timeout_ms is a whole number from 1 to {InvokeRequest.LongestTimeoutMs}",
                Where: "timeout_ms"
            )
        );
        return (null, null);
    }
}
