using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>A run that a test plays: it hands out calls, answers them, and keeps the journal.</summary>
internal sealed class Played
{
    private readonly FlowPlan plan;
    private readonly ReadOnlyMemory<byte> input;
    private readonly List<PendingCall> open = [];

    public Played(string lines, byte[]? input = null)
        : this(Wired.Plan(lines), input ?? Wired.Say("in")) { }

    public Played(FlowPlan plan, ReadOnlyMemory<byte> input)
    {
        this.plan = plan;
        this.input = input;
        State = Fresh();
        Take();
    }

    public FlowState State { get; }

    public List<StepResult> Journal { get; } = [];

    /// <summary>The calls that are open, in the order in which they were handed out.</summary>
    public IReadOnlyList<PendingCall> Open => open;

    /// <summary>Their names, with the attempt after a slash when it is not the first.</summary>
    public string Calls =>
        string.Join(' ', open.Select(c => c.Attempt == 1 ? $"{c.Key}" : $"{c.Key}/{c.Attempt}"));

    /// <summary>How the run ended: <c>-</c>, <c>succeeded</c>, <c>compensated CODE</c> or <c>failed CODE</c>.</summary>
    public string End =>
        State.Verdict switch
        {
            null => "-",
            { Fault: null } => "succeeded",
            { Compensated: true, Fault.Code: var code } => $"compensated {code}",
            { Fault.Code: var code } => $"failed {code}",
        };

    public FlowState Fresh() => new(plan, "run_1", input, Empty);

    private static readonly Dictionary<string, string> Empty = [];

    public PendingCall this[string call] => open.First(c => $"{c.Key}" == call);

    public Played Ok(string call, int n = 0, string? say = null) =>
        Apply(Result(this[call]) with { Output = Wired.Say(say ?? call, n) });

    public Played Give(string call, byte[] output) =>
        Apply(Result(this[call]) with { Output = output });

    public Played Fail(string call, string kind = "NODE_ERROR") =>
        Apply(Result(this[call]) with { Fault = Fault(call, this[call].Attempt, kind) });

    public Played Apply(StepResult result)
    {
        Journal.Add(result);
        open.RemoveAll(c => c.Key == result.Key && c.Attempt == result.Attempt);
        State.Apply(result);
        Take();
        return this;
    }

    public Played Abort(string code = "cancelled")
    {
        State.Abort(
            new FlowFault
            {
                Code = code,
                Kind = "CANCELLED",
                Message = "Cancelled.",
            }
        );
        Take();
        return this;
    }

    public void Take()
    {
        open.RemoveAll(c => !State.Wants(c.Key));
        open.AddRange(State.TakeReady());
    }

    public static StepResult Result(PendingCall call) =>
        new()
        {
            Key = call.Key,
            Attempt = call.Attempt,
            EndedAt = 1_000,
        };

    public static FlowFault Fault(string call, int attempt, string kind = "NODE_ERROR") =>
        new()
        {
            Code = "node_failed",
            Kind = kind,
            Message = $"{call} broke.",
            Node = call.Split('#', '[')[0],
            Attempt = attempt,
        };
}
