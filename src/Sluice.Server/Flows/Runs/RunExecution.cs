using System.Runtime.ExceptionServices;
using Sluice.Language.Flows;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Carries one run: asks the fold (<see cref="FlowState"/>) which calls may be made, makes them, records what they came
/// to before anybody outside can see what follows from it, and records the end. One per run; its loop is the only one
/// who touches it.
/// </summary>
internal sealed partial class RunExecution : IDisposable
{
    private readonly ActiveRun _run;
    private readonly RunLoop _loop;
    private readonly RunRecorder _recorder;
    private readonly TimeProvider _clock;
    private readonly FlowState _state;
    private readonly ITimer? _deadline;

    /// <summary>Handed out by the fold, and not started.</summary>
    private readonly List<PendingCall> _ready = [];

    private readonly BreakpointGate _gate;

    /// <summary>Retries whose time has not come.</summary>
    private List<ITimer>? _waits;

    /// <summary>By placement, what its language printed at the last failure.</summary>
    private Dictionary<string, string?>? _stacks;

    private string _status;
    private bool _statusChanged;

    /// <summary>Calls that were made and whose end was not heard of.</summary>
    private int _calls;
    private long _seq;

    public RunExecution(
        ActiveRun run,
        IReadOnlyList<JournalLine> journal,
        RunLoop loop,
        RunRecorder recorder,
        TimeProvider clock
    )
    {
        (_run, _loop, _recorder, _clock) = (run, loop, recorder, clock);
        _status = run.Run.Status;
        _gate = new BreakpointGate(run);
        _state = new FlowState(run.Graph.Plan, run.Run.Id, run.Run.Input, run.Params)
        {
            KeepInputs = false,
        };
        if (journal.Count > 0)
            Fold(journal);
        if (WasBeingStopped(journal))
            run.PassDeadline();
        _deadline = ArmDeadline();
    }

    public async Task<RunEnd> Carry()
    {
        while (true)
        {
            if (Stopping)
            {
                _run.StopCalls();
                if (_calls == 0)
                    Abort();
            }
            _ready.AddRange(_state.TakeReady());
            MarkRetries();
            NoteCompensation();
            if (_state.Verdict is { } verdict)
                return await End(verdict);
            StopUnwanted();
            if (!MayRunAhead())
                await Keep();
            Dispatch();
            if (_gate.Holds && _calls == 0 && !_state.Compensating && !Stopping)
            {
                await Keep();
                if (await Pause() is { } paused)
                    return paused;
                continue;
            }
            await Hear();
        }
    }

    public void Dispose()
    {
        _deadline?.Dispose();
        _unseen?.Dispose();
        foreach (var wait in _waits ?? [])
            wait.Dispose();
        if (_keeping is not null)
            _run.Abandon(_keeping);
    }

    /// <summary>A cancel or the deadline has come, and the fold does not know yet: it hears of it when nothing is in flight.</summary>
    private bool Stopping =>
        (_run.CancelAsked || _run.DeadlinePassed) && _state is { Cause: null, Verdict: null };

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private void Fold(IReadOnlyList<JournalLine> journal)
    {
        foreach (var line in journal)
        {
            _seq = line.Seq;
            JournalFold.Apply(_state, _run.Graph.Flow, line);
            _gate.Pass(line, _state, _ready);
        }
        // The fold says again what has not been answered.
        _ready.RemoveAll(call =>
            !BreakpointGate.StillOpen(call, journal) || !_state.Wants(call.Key)
        );
    }

    /// <summary>
    /// Whether it was carried until its deadline and no further: calls were stopped, and then the server was gone. It is
    /// stopped for good whatever the clock says now, for what was stopped is on record and cannot be called again.
    /// </summary>
    private bool WasBeingStopped(IReadOnlyList<JournalLine> journal) =>
        !_run.CancelAsked
        && journal.Any(line => line.Status == JournalLine.Cancelled && _state.Wants(line.Key));

    private void Abort()
    {
        var fault = _run.CancelAsked ? RunError.Cancelled : RunError.Deadline;
        _state.Abort(fault);
        _ready.Clear();
        _lines.Add(JournalLine.Note(++_seq, JournalLine.Aborted, Now, RunError.Of(fault).ToJson()));
    }

    /// <summary>A line of a failure after which the fold asks for another attempt says so.</summary>
    private void MarkRetries()
    {
        for (var i = 0; i < _lines.Count; i++)
        {
            var line = _lines[i];
            if (
                line.Status == JournalLine.Failed
                && _ready.Exists(call => call.Attempt == line.Attempt + 1 && call.Key == line.Key)
            )
                _lines[i] = line with { Status = JournalLine.Retrying };
        }
    }

    private void NoteCompensation()
    {
        if (!_state.Compensating || _status == RunStatus.Compensating)
            return;
        Become(RunEvent.CompensationBegun);
        _statusChanged = true;
        _lines.Add(
            JournalLine.Note(
                ++_seq,
                JournalLine.Compensating,
                Now,
                RunError.Of(_state.Cause!).ToJson()
            )
        );
    }

    /// <summary>Calls that a loop, an exclusive join or the end of the way forward has left behind.</summary>
    private void StopUnwanted()
    {
        if (_calls == 0)
            return;
        foreach (var call in _run.InFlight)
        {
            if (!_state.Wants(call.Call.Key))
                call.End();
        }
    }

    private void Dispatch()
    {
        // What is being stopped has ended before anything is undone.
        if (Stopping || (_state.Compensating && _calls > 0))
            return;
        var held = 0;
        for (var i = 0; i < _ready.Count; i++)
        {
            var call = _ready[i];
            if (Left(call) is var left && left > TimeSpan.Zero)
                Delay(call, left);
            else if (_state.Compensating || _gate.Admits(call))
                Start(call);
            else
                _ready[held++] = call;
        }
        _ready.RemoveRange(held, _ready.Count - held);
    }

    private void Start(PendingCall call)
    {
        _calls++;
        _loop.Start(_run, new CallInFlight(call, Now));
    }

    private TimeSpan Left(PendingCall call) =>
        call.Wait == TimeSpan.Zero
            ? TimeSpan.Zero
            : call.Wait - TimeSpan.FromMilliseconds(Math.Max(0, Now - call.Since));

    private void Delay(PendingCall call, TimeSpan left) =>
        (_waits ??= []).Add(
            _clock.CreateTimer(
                _ => _run.Post(new RunMail(null, null, call with { Wait = TimeSpan.Zero }, null)),
                null,
                left,
                Timeout.InfiniteTimeSpan
            )
        );

    /// <summary>Waits for news, and takes in all there is.</summary>
    private async Task Hear()
    {
        if (!_run.Mail.TryRead(out var mail))
        {
            if (!StaysUnseen())
                BeginToKeep();
            mail = await _run.Mail.ReadAsync(_run.Closing);
        }
        do Take(mail);
        while (_run.Mail.TryRead(out mail));
    }

    private void Take(in RunMail mail)
    {
        _run.Closing.ThrowIfCancellationRequested();
        if (mail.Broken is { } error)
            ExceptionDispatchInfo.Throw(error);
        if (mail.Due is { } due && _state.Wants(due.Key))
            _ready.Add(due);
        if (mail.Recorded is { } recorded)
            (_waiting ??= []).Add(recorded);
        if (mail.End is not { } end)
            return;
        _calls--;
        _lines.Add(end.Line with { Seq = ++_seq });
        if (end.Interrupted)
            return;
        if (end.Fault is not null)
            (_stacks ??= [])[end.Line.Alias] = RunError.Read(end.Line.Error)?.Stack;
        _state.Apply(end.Result);
    }

    /// <summary>Puts the run away; null when it is to go on after all.</summary>
    private async Task<RunEnd?> Pause()
    {
        var note = JournalLine.Note(_seq + 1, JournalLine.Paused, Now);
        if (await _recorder.Pause(_run, note, asked: !_gate.Stopped))
            return new RunEnd(RunStatus.Paused, null, null, note.EndedAt);
        await _recorder.Heed(_run);
        _gate.LookAgain();
        return null;
    }

    private async Task<RunEnd> End(FlowVerdict verdict)
    {
        await StopRest(wait: verdict.Fault is not null);
        await Kept();
        RunEvent happened;
        if (verdict.Fault is not { } fault)
            happened = RunEvent.OutputReached;
        else if (verdict.Compensated)
            happened = RunEvent.CompensationDone;
        else if (_status == RunStatus.Compensating)
            happened = RunEvent.StepFailed;
        else
            happened = fault.Kind switch
            {
                "CANCELLED" => RunEvent.CancelAsked,
                "DEADLINE" => RunEvent.DeadlinePassed,
                _ => RunEvent.StepFailed,
            };
        Become(happened);
        var error = verdict.Fault is null
            ? null
            : RunError.Of(verdict.Fault, Stack(verdict.Fault)).ToJson();
        // A clock that was set back meanwhile makes no run end before it began.
        var now = Math.Max(_run.Run.CreatedAt, Now);
        var output = verdict.Output is { } message ? StepRunner.Bytes(message) : null;
        return await _recorder.End(_run, _lines, new RunEnd(_status, output, error, now));
    }

    /// <summary>Stops what is still in flight; a run that failed ends when its nodes have.</summary>
    private async Task StopRest(bool wait)
    {
        _run.StopCalls();
        while (wait && _calls > 0)
        {
            await Hear();
            // A node that is told to stop may still have something to write down.
            if (_waiting is not null)
                await Keep();
        }
        foreach (var call in _run.InFlight)
            _lines.Add(JournalLine.Of(call, JournalLine.Cancelled, Now) with { Seq = ++_seq });
        if (_run.Graph.HasSubflows)
            await CancelChildren();
    }

    /// <summary>Children that were started before a crash, and that no call in flight waits for.</summary>
    private async Task CancelChildren()
    {
        var (tenant, id) = (_run.Run.TenantId, _run.Run.Id);
        var children = await _recorder.Write(
            _run,
            session => RunWishStore.AskCancelOfChildren(session, tenant, id, Now)
        );
        foreach (var child in children)
            await _loop.Cancel(tenant, child, _run.Closing);
    }

    private string? Stack(FlowFault fault) =>
        fault is { Node: { } node, Edge: null } ? _stacks?.GetValueOrDefault(node) : null;

    private void Become(RunEvent happened) =>
        _status =
            RunStatus.Next(_status, happened)
            ?? throw new InvalidOperationException($"{happened} cannot happen to a {_status} run");

    private ITimer? ArmDeadline()
    {
        if (_run.Run.DeadlineAt is not { } deadline || _status == RunStatus.Paused)
            return null;
        // Of one that waited too long for its turn, nothing begins.
        if (deadline <= Now)
            _run.PassDeadline();
        // With a clock that was set back it takes no longer than it was given.
        var left = Math.Min(deadline - Now, deadline - _run.Run.CreatedAt);
        return _clock.CreateTimer(
            static state => ((ActiveRun)state!).PassDeadline(),
            _run,
            TimeSpan.FromMilliseconds(Math.Max(0, left)),
            Timeout.InfiniteTimeSpan
        );
    }
}
