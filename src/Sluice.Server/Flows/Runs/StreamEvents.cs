using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using Sluice.Language.Protos;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// A stream as server-sent events: <c>frame</c> with a message of the output, <c>error</c> when it ends otherwise than
/// well, and last of all <c>done</c>. What the reader has not taken is held back: at most one event is in memory here.
/// </summary>
internal sealed class StreamEvents(HttpResponse response, TimeProvider clock)
{
    /// <summary>A comment that keeps the connection open.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Frames that come at once are sent together, up to this many bytes.</summary>
    private const int MostUnsent = 16 << 10;

    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A buffer that grew beyond this for one large frame is not kept for the next.</summary>
    private const int MostKept = 1 << 20;

    private ArrayBufferWriter<byte> _text = new(1024);
    private long _frames;

    public void Begin(string runId)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.Headers["X-Execution-Id"] = runId;
    }

    /// <summary>Sends what there is, to its end.</summary>
    public async Task Frames(
        ChannelReader<ReadOnlyMemory<byte>> frames,
        MessageType type,
        CancellationToken stop
    )
    {
        await response.Body.FlushAsync(stop);
        while (await More(frames, stop))
        {
            while (_text.WrittenCount < MostUnsent && frames.TryRead(out var frame))
            {
                _text.Write("event: frame\ndata: "u8);
                using (var json = new Utf8JsonWriter(_text, Relaxed))
                    ProtoJson.Write(type, frame.Span, json);
                _text.Write("\n\n"u8);
                _frames++;
            }
            await Send(stop);
        }
    }

    public async Task Ended(Run run, RunEnd end, CancellationToken stop)
    {
        if (RunError.Read(end.Error) is { } error)
        {
            _text.Write("event: error\ndata: "u8);
            using (var json = new Utf8JsonWriter(_text, Relaxed))
                JsonSerializer.Serialize(
                    json,
                    error with
                    {
                        ExecutionId = run.Id,
                    },
                    RunJson.Default.RunError
                );
            _text.Write("\n\n"u8);
        }
        _text.Write("event: done\ndata: "u8);
        using (var json = new Utf8JsonWriter(_text, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("execution_id", run.Id);
            json.WriteString("graph_id", run.GraphId);
            json.WriteString("status", end.Status);
            json.WriteNumber("frames", _frames);
            json.WriteNumber("duration_ms", end.EndedAt - run.CreatedAt);
            json.WriteEndObject();
        }
        _text.Write("\n\n"u8);
        await Send(stop);
    }

    /// <summary>Waits for a frame, and says now and then that it does; false at the end.</summary>
    private async Task<bool> More(
        ChannelReader<ReadOnlyMemory<byte>> frames,
        CancellationToken stop
    )
    {
        var more = frames.WaitToReadAsync(stop).AsTask();
        while (!more.IsCompleted)
        {
            try
            {
                return await more.WaitAsync(Heartbeat, clock, stop);
            }
            catch (TimeoutException)
            {
                _text.Write(": still here\n\n"u8);
                await Send(stop);
            }
        }
        return await more;
    }

    private async Task Send(CancellationToken stop)
    {
        await response.Body.WriteAsync(_text.WrittenMemory, stop);
        await response.Body.FlushAsync(stop);
        if (_text.Capacity > MostKept)
            _text = new ArrayBufferWriter<byte>(1024);
        else
            _text.ResetWrittenCount();
    }
}
