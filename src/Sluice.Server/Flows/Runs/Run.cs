using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>A run as it was accepted and as it stands: what any server needs to carry it on, beside its journal.</summary>
internal sealed record Run : IKeptRow
{
    public const string InputPlace = "input";
    public const string OutputPlace = "output";
    public const string ErrorPlace = "error";

    private byte[] _input = [];
    private byte[]? _output;
    private byte[]? _error;

    /// <summary>Priorities of a call: 0 to 9, the highest first.</summary>
    public const int DefaultPriority = 5;

    public required string TenantId { get; init; }

    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string Flow { get; init; }

    public required string GraphId { get; init; }

    public required string Status { get; init; }

    /// <summary>Key that called; null at another door.</summary>
    public string? KeyId { get; init; }

    /// <summary>The profile in use; null when none applies.</summary>
    public string? ConfigId { get; init; }

    /// <summary>The time of a node that has none of its own, 1 to 3600 seconds.</summary>
    public required long NodeTimeoutSeconds { get; init; }

    /// <summary>Plain parameters as a JSON object; null when there are none.</summary>
    public byte[]? Params { get; init; }

    /// <summary>Number of the tenant's last change of secrets when the run started.</summary>
    public required long SecretsVersion { get; init; }

    /// <summary>The flow's input message, serialised.</summary>
    public required byte[] Input
    {
        get => _input;
        init => _input = value;
    }

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

    /// <summary>Who carries it; empty: nobody, while it is paused or waits in the background.</summary>
    public string Server { get; init; } = "";

    public required string RequestId { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>Null while it is queued.</summary>
    public long? StartedAt { get; init; }

    public long? DeadlineAt { get; init; }

    public long? CancelAskedAt { get; init; }

    public long? PauseAskedAt { get; init; }

    public long? PausedAt { get; init; }

    public long? EndedAt { get; init; }

    /// <summary>1 when a caller waits for the end.</summary>
    public long Interactive { get; init; }

    /// <summary>0 to 9.</summary>
    public long Priority { get; init; } = DefaultPriority;

    /// <summary>1 when a limit on runs at once holds for it.</summary>
    public long Limited { get; init; }

    /// <summary>Which, as JSON; null: none.</summary>
    public string? Limits { get; init; }

    /// <summary>Which runs are counted alike with it: environment, flow and key. Null: no limit holds.</summary>
    public string? LimitGroup { get; init; }

    /// <summary>The run that a caller started; null: this one.</summary>
    public string? RootId { get; init; }

    /// <summary>The run that this one is a step of; null: none.</summary>
    public string? ParentId { get; init; }

    /// <summary>The call of the parent that this run answers, with its attempt.</summary>
    public string? ParentStep { get; init; }

    /// <summary>0 for a run that a caller started.</summary>
    public long Depth { get; init; }

    /// <summary>The run that this one repeats, whole or in part.</summary>
    public string? ReplayOf { get; init; }

    /// <summary>The last line of that run's journal that was taken over; null: none.</summary>
    public long? ForkSeq { get; init; }

    /// <summary>JSON array of aliases; null: none.</summary>
    public string? Breakpoints { get; init; }

    public long? DismissedAt { get; init; }

    /// <summary>The same run with its end.</summary>
    public Run Ended(RunEnd end) =>
        this with
        {
            Status = end.Status,
            Output = end.Output,
            Error = end.Error,
            EndedAt = end.EndedAt,
        };

    public async ValueTask Open(Session session, PayloadOpener opener)
    {
        _input = (await opener(session, TenantId, Id, InputPlace, _input))!;
        _output = await opener(session, TenantId, Id, OutputPlace, _output);
        _error = await opener(session, TenantId, Id, ErrorPlace, _error);
    }
}
