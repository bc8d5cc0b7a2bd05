using Sluice.Language.Flows;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>One line of a run's journal: what an attempt of a step came to, or something else that decides how the run goes on.</summary>
internal sealed record JournalLine : IKeptRow
{
    private byte[]? _output;
    private byte[]? _error;
    private byte[]? _logs;

    /// <summary>The alias of lines that are no steps; no placement can have it.</summary>
    public const string OfRun = "@run";

    public const string Succeeded = "succeeded";
    public const string Failed = "failed";

    /// <summary>Failed, and to be tried again.</summary>
    public const string Retrying = "retrying";

    /// <summary>Stopped before its end; it counts for nothing.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Not a result: the input that the placement's next first attempt gets instead of its own (attempt 0).</summary>
    public const string Given = "given";

    /// <summary>Of <see cref="OfRun"/>: a cancel or a deadline; <see cref="Error"/> says which.</summary>
    public const string Aborted = "aborted";

    /// <summary>Of <see cref="OfRun"/>: from here on it undoes.</summary>
    public const string Compensating = "compensating";

    public const string Paused = "paused";
    public const string Resumed = "resumed";

    /// <summary>Of <see cref="OfRun"/>: resumed for one dispatch.</summary>
    public const string Stepped = "stepped";

    /// <summary>Of <see cref="OfRun"/>: a stream has ended; <see cref="FramesOut"/> says how much its reader got.</summary>
    public const string Streamed = "streamed";

    /// <summary>From 1, in the order in which lines were recorded.</summary>
    public long Seq { get; init; }

    public required string Alias { get; init; }

    public long Visit { get; init; } = 1;

    public long Item { get; init; } = -1;

    public long Attempt { get; init; } = 1;

    public required string Status { get; init; }

    public byte[]? Output
    {
        get => _output;
        init => _output = value;
    }

    /// <summary><see cref="RunError"/> as JSON.</summary>
    public byte[]? Error
    {
        get => _error;
        init => _error = value;
    }

    /// <summary>JSON array of log lines; null when there were none.</summary>
    public byte[]? Logs
    {
        get => _logs;
        init => _logs = value;
    }

    /// <summary><c>copied</c> or <c>edited</c> when it was taken over from the run that this one replays; else null.</summary>
    public string? Origin { get; init; }

    /// <summary>1 when a worker had to be started for it.</summary>
    public long Cold { get; init; }

    public required long StartedAt { get; init; }

    public required long EndedAt { get; init; }

    /// <summary>Microseconds in the node, without waiting for a worker.</summary>
    public long DurationUs { get; init; }

    /// <summary>Frames that went into a placement of a flow over streams; null elsewhere.</summary>
    public long? FramesIn { get; init; }

    /// <summary>Frames that it gave.</summary>
    public long? FramesOut { get; init; }

    /// <summary>Of a line that was read: whose run it is of.</summary>
    public string TenantId { get; init; } = "";

    public string RunId { get; init; } = "";

    public bool IsStep => Alias[0] != '@' && Status != Given;

    public StepKey Key => new(Alias, (int)Visit, (int)Item);

    public string OutputPlace => $"{Seq}/output";

    public string ErrorPlace => $"{Seq}/error";

    public string LogsPlace => $"{Seq}/logs";

    public async ValueTask Open(Session session, PayloadOpener opener)
    {
        _output = await opener(session, TenantId, RunId, OutputPlace, _output);
        _error = await opener(session, TenantId, RunId, ErrorPlace, _error);
        _logs = await opener(session, TenantId, RunId, LogsPlace, _logs);
    }

    /// <summary>What a call came to; its number is given when it is recorded.</summary>
    public static JournalLine Of(CallInFlight call, string status, long now) =>
        new()
        {
            Alias = call.Call.Key.Alias,
            Visit = call.Call.Key.Visit,
            Item = call.Call.Key.Item,
            Attempt = call.Call.Attempt,
            Status = status,
            StartedAt = call.StartedAt,
            EndedAt = now,
        };

    /// <summary>A line that is no step; its number tells it from others.</summary>
    public static JournalLine Note(long seq, string status, long now, byte[]? error = null) =>
        new()
        {
            Seq = seq,
            Alias = OfRun,
            Visit = seq,
            Attempt = 0,
            Status = status,
            Error = error,
            StartedAt = now,
            EndedAt = now,
        };
}
