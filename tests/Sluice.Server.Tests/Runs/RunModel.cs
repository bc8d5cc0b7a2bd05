using Sluice.Server.Flows.Runs;

namespace Sluice.Server.Tests.Runs;

/// <summary>What somebody does to a run, or what happens to it.</summary>
internal enum RunDeed
{
    /// <summary>The run before it in the queue ends.</summary>
    Place,

    /// <summary>The call under way gives an answer.</summary>
    Answer,

    /// <summary>The call under way fails for good.</summary>
    Fail,
    Pause,
    Resume,
    Step,
    Cancel,

    /// <summary>Twenty minutes go by, of the sixty that the run has.</summary>
    Time,

    /// <summary>The server goes away, and another takes its place.</summary>
    Restart,
}

/// <summary>
/// What the README of the room says of a run's states, for a flow of two steps of which the first can be undone. It
/// knows nothing of journals, servers or time but what is left of it.
/// </summary>
internal sealed class RunModel
{
    public const int Minutes = 60;
    private const string First = "a";
    private const string Second = "b";
    private const string Undo = "undo";

    private readonly HashSet<(string, RunEvent)> _seen;
    private int _left = Minutes;
    private string _next = First;
    private bool _pauseAsked;

    /// <summary>The one placement that may be called before it pauses again; null: any.</summary>
    private string? _stepOf;

    public RunModel(string start, HashSet<(string, RunEvent)> seen)
    {
        (Status, _seen) = (start, seen);
        if (start == RunStatus.Running)
            Call(First);
    }

    public string Status { get; private set; }

    /// <summary>The placement that is being called; null: none.</summary>
    public string? InFlight { get; private set; }

    /// <summary>Calls of nodes so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Lines of the journal that are steps.</summary>
    public List<string> Lines { get; } = [];

    public string? Code { get; private set; }

    /// <summary>Whether it makes sense at all; what remains may still be refused.</summary>
    public bool CanBe(RunDeed deed) =>
        deed switch
        {
            RunDeed.Place => Status == RunStatus.Queued,
            RunDeed.Answer or RunDeed.Fail => InFlight is not null,
            _ => true,
        };

    /// <summary>Null, or the code of the refusal.</summary>
    public string? Do(RunDeed deed)
    {
        switch (deed)
        {
            case RunDeed.Place:
                Become(RunEvent.Dispatched);
                GoOn();
                return null;
            case RunDeed.Answer:
                Answer();
                return null;
            case RunDeed.Fail:
                Fail();
                return null;
            case RunDeed.Time:
                Time();
                return null;
            case RunDeed.Restart:
                Restart();
                return null;
            default:
                return RunStatus.IsEnd(Status) ? "run_ended" : Ask(deed);
        }
    }

    private string? Ask(RunDeed deed)
    {
        switch (deed)
        {
            case RunDeed.Pause when Status == RunStatus.Compensating:
                return "run_not_pausable";
            case RunDeed.Pause:
                _pauseAsked |= Status != RunStatus.Paused;
                return null;
            case RunDeed.Cancel:
                Stop("cancelled", RunEvent.CancelAsked);
                return null;
            case RunDeed.Resume when Status != RunStatus.Paused && _pauseAsked:
                _pauseAsked = false;
                return null;
            case RunDeed.Resume or RunDeed.Step when Status != RunStatus.Paused:
                return "run_not_paused";
            default:
                Become(RunEvent.ResumeAsked);
                _stepOf = deed == RunDeed.Step ? _next : null;
                Call(_next);
                return null;
        }
    }

    private void Answer()
    {
        var done = InFlight!;
        InFlight = null;
        Lines.Add($"{done}:succeeded");
        switch (done)
        {
            case First:
                _next = Second;
                GoOn();
                break;
            case Second:
                Become(RunEvent.OutputReached);
                break;
            default:
                Become(RunEvent.CompensationDone);
                break;
        }
    }

    private void Fail()
    {
        var failed = InFlight!;
        InFlight = null;
        Lines.Add($"{failed}:failed");
        if (failed == Undo)
        {
            Code = "compensation_failed";
            Become(RunEvent.StepFailed);
            return;
        }
        Code = "node_failed";
        Unwind(RunEvent.StepFailed);
    }

    private void Time()
    {
        if (Status == RunStatus.Paused)
            return;
        _left -= 20;
        if (_left == 0 && !RunStatus.IsEnd(Status))
            Stop("run_deadline", RunEvent.DeadlinePassed);
    }

    /// <summary>What was under way is called again, unless a pause comes first.</summary>
    private void Restart()
    {
        if (InFlight is not { } again)
            return;
        InFlight = null;
        if (Status == RunStatus.Compensating)
            Call(again);
        else
            GoOn();
    }

    private void Stop(string code, RunEvent why)
    {
        if (Status == RunStatus.Compensating)
            return;
        Code = code;
        if (InFlight is { } stopped)
            Lines.Add($"{stopped}:cancelled");
        InFlight = null;
        Unwind(why);
    }

    private void Unwind(RunEvent why)
    {
        if (_next == First)
        {
            Become(why);
            return;
        }
        Become(RunEvent.CompensationBegun);
        Call(Undo);
    }

    /// <summary>Makes the next call, or pauses before it.</summary>
    private void GoOn()
    {
        if (_pauseAsked || (_stepOf is not null && _stepOf != _next))
        {
            Become(RunEvent.PauseAsked);
            (_pauseAsked, _stepOf) = (false, null);
            return;
        }
        Call(_next);
    }

    private void Call(string alias)
    {
        InFlight = alias;
        Calls++;
    }

    private void Become(RunEvent happened)
    {
        var next = RunStatus.Next(Status, happened);
        Assert.True(next is not null, $"{happened} cannot happen to a {Status} run");
        _seen.Add((Status, happened));
        Status = next;
    }
}
