namespace Sluice.Server.Flows.Runs;

/// <summary>The states of a run (design decision 11); wire and store use these words.</summary>
internal static class RunStatus
{
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Paused = "paused";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
    public const string Compensating = "compensating";
    public const string Compensated = "compensated";

    public static readonly string[] All =
    [
        Queued,
        Running,
        Paused,
        Succeeded,
        Failed,
        Cancelled,
        Compensating,
        Compensated,
    ];

    public static bool IsEnd(string status) =>
        status is Succeeded or Failed or Cancelled or Compensated;

    /// <summary>The only place where a state changes. Null: that cannot happen in this state.</summary>
    public static string? Next(string status, RunEvent happened) =>
        (status, happened) switch
        {
            (Queued, RunEvent.Dispatched) => Running,
            (Queued or Running or Paused, RunEvent.CancelAsked) => Cancelled,
            (Queued or Running, RunEvent.DeadlinePassed) => Failed,
            (Running, RunEvent.PauseAsked) => Paused,
            (Paused, RunEvent.ResumeAsked) => Running,
            (Running, RunEvent.OutputReached) => Succeeded,
            (Running, RunEvent.StepFailed) => Failed,
            (Running or Paused, RunEvent.CompensationBegun) => Compensating,
            (Compensating, RunEvent.CompensationDone) => Compensated,
            (Compensating, RunEvent.StepFailed) => Failed,
            _ => null,
        };
}

/// <summary>What can happen to a run.</summary>
internal enum RunEvent
{
    Dispatched,
    PauseAsked,
    ResumeAsked,
    CancelAsked,
    DeadlinePassed,
    OutputReached,
    StepFailed,
    CompensationBegun,
    CompensationDone,
}
