using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Sluice.Client;

/// <summary>Flows over streams, and single nodes.</summary>
public sealed class StreamsApi
{
    private readonly Wire _wire;

    internal StreamsApi(Wire wire) => _wire = wire;

    /// <summary>
    /// Runs a flow over streams. Who stops reading cancels the run. Where it ends before <c>done</c>, the connection or the
    /// server was lost; the run's record says what became of it.
    /// </summary>
    public IAsyncEnumerable<StreamEvent> Flow(
        NewInvocation invocation,
        CancellationToken stop = default
    ) =>
        Read(
            new HttpRequestMessage(HttpMethod.Post, "invocations/v1/flows/invoke/stream")
            {
                Content = Wire.Json(invocation, SluiceJson.Default.NewInvocation),
            },
            stop
        );

    /// <summary>Calls a single pipeline node; otherwise as <see cref="Flow"/>.</summary>
    public IAsyncEnumerable<StreamEvent> Node(
        NodeInvocation invocation,
        CancellationToken stop = default
    ) => Read(invocation.Request("/stream"), stop);

    /// <summary>Calls a single unary node, and waits for its end. A failed run is an answer, not an exception.</summary>
    /// <param name="idempotencyKey">The same key within its lifetime gives the same run again.</param>
    public Task<Invocation> Invoke(
        NodeInvocation invocation,
        string? idempotencyKey = null,
        CancellationToken stop = default
    )
    {
        var request = invocation.Request("");
        if (idempotencyKey is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        return _wire.Send(request, SluiceJson.Default.Invocation, Timeout.InfiniteTimeSpan, stop);
    }

    private async IAsyncEnumerable<StreamEvent> Read(
        HttpRequestMessage request,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using (request)
        {
            using var response = await _wire.Open(request, stop);
            await using var body = await response.Content.ReadAsStreamAsync(stop);
            await foreach (var item in SseParser.Create(body).EnumerateAsync(stop))
            {
                using var data = JsonDocument.Parse(
                    item.Data,
                    new JsonDocumentOptions { MaxDepth = 256 }
                );
                yield return new StreamEvent(item.EventType, data.RootElement.Clone());
            }
        }
    }
}

/// <summary>A call of a single node.</summary>
/// <param name="Package"><c>handle/name</c>.</param>
/// <param name="Input">Its input message as proto3 JSON.</param>
/// <param name="TimeoutMs">The run's deadline, and the node's time; null: the node has 30 s.</param>
public sealed record NodeInvocation(
    string Package,
    string Version,
    string Node,
    JsonElement Input,
    string? ConfigId = null,
    long? TimeoutMs = null
)
{
    internal HttpRequestMessage Request(string way) =>
        new(
            HttpMethod.Post,
            Wire.Query(
                $"invocations/v1/nodes/{Wire.Path(Package)}/{Wire.Segment(Version)}/{Wire.Segment(Node)}{way}",
                ("config_id", ConfigId),
                ("timeout_ms", TimeoutMs?.ToString(CultureInfo.InvariantCulture))
            )
        )
        {
            Content = Wire.Json(Input, SluiceJson.Default.JsonElement),
        };
}

/// <summary>One event of a stream.</summary>
/// <param name="Event"><c>frame</c>, <c>error</c> or, last of all, <c>done</c>.</param>
/// <param name="Data">A message of the output as proto3 JSON; why the run did not succeed; or how it ended.</param>
public sealed record StreamEvent(string Event, JsonElement Data);

/// <summary>What <c>done</c> says.</summary>
public sealed record StreamEnd
{
    public required string ExecutionId { get; init; }
    public string? GraphId { get; init; }
    public required string Status { get; init; }

    /// <summary>Frames that were sent.</summary>
    public long Frames { get; init; }
    public double? DurationMs { get; init; }
}
