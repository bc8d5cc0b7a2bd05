namespace Sluice.Server.Flows.Runs;

/// <summary>How what has happened gets on record, and how far a run may go ahead of that (docs/decisions/014).</summary>
internal sealed partial class RunExecution
{
    /// <summary>Results that may be waiting for the record while further calls are made.</summary>
    private const int MostAhead = 64;

    /// <summary>In bytes, of the output and log lines of one of them: with those whose write is under way, about 2 MiB may pile up.</summary>
    private const int LargestAhead = 16 << 10;

    /// <summary>
    /// How long a run that nobody has heard of is not written yet: one that ends within it is one row, written once, and not
    /// two writes of which the second waits for the first.
    /// </summary>
    private static readonly TimeSpan UnseenFor = TimeSpan.FromMilliseconds(50);

    /// <summary>Rings when the run has been unseen for long enough.</summary>
    private ITimer? _unseen;

    private volatile bool _unseenEnough;

    /// <summary>Lines that are not on their way to the record.</summary>
    private List<JournalLine> _lines = [];

    /// <summary>The write of the lines before these; null: those are durable.</summary>
    private Task? _keeping;

    /// <summary>Calls under way that wait until all that came before them is durable.</summary>
    private List<TaskCompletionSource>? _waiting;

    /// <summary>
    /// Whether the next calls may be made before the last results are durable: where nobody outside can tell that they
    /// were made, and so nobody can see anything that follows from a result that a crash might take back.
    /// </summary>
    private bool MayRunAhead() =>
        _lines.Count <= MostAhead
        && _waiting is null
        && _keeping is not ({ IsFaulted: true } or { IsCanceled: true })
        && !_statusChanged
        && !_state.Compensating
        && !Stopping
        && !_loop.IsWatched(_run)
        && _lines.TrueForAll(IsSmallSuccess)
        && _ready.TrueForAll(call => _loop.IsConfined(_run, call));

    private static bool IsSmallSuccess(JournalLine line) =>
        line.Status == JournalLine.Succeeded
        && (line.Output?.Length ?? 0) + (line.Logs?.Length ?? 0) <= LargestAhead;

    /// <summary>Whether the run is not on record, and may stay so for now: a bell is set for when it may no more.</summary>
    private bool StaysUnseen()
    {
        if (_run.IsOnRecord || _keeping is not null || _unseenEnough)
            return false;
        _unseen ??= _clock.CreateTimer(
            static state => ((RunExecution)state!).BeSeen(),
            this,
            UnseenFor,
            Timeout.InfiniteTimeSpan
        );
        return true;
    }

    private void BeSeen()
    {
        _unseenEnough = true;
        _run.Post(default);
    }

    /// <summary>Makes all that has happened durable.</summary>
    private async Task Keep()
    {
        await Kept();
        if (_lines.Count > 0 || !_run.IsOnRecord)
        {
            await _recorder.Keep(_run, _lines, _statusChanged ? _status : null);
            _lines.Clear();
            _statusChanged = false;
        }
        foreach (var waiting in _waiting ?? [])
            waiting.TrySetResult();
        _waiting = null;
    }

    /// <summary>Waits for the write that is under way.</summary>
    private async Task Kept()
    {
        if (_keeping is not { } begun)
            return;
        await begun;
        _keeping = null;
    }

    /// <summary>Begins to record what has happened, one write at a time; its end is heard of as news.</summary>
    private void BeginToKeep()
    {
        if (_keeping is { IsCompletedSuccessfully: true })
            _keeping = null;
        if (_keeping is not null || (_lines.Count == 0 && _run.IsOnRecord))
            return;
        _keeping = _recorder.Keep(_run, _lines, status: null);
        _lines = [];
        _ = Tell(_keeping);
    }

    private async Task Tell(Task keeping)
    {
        try
        {
            await keeping;
            _run.Post(default);
        }
        catch (Exception error)
        {
            _run.Post(new RunMail(null, null, null, error));
        }
    }
}
