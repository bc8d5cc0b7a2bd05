namespace Sluice.Language.Flows;

/// <summary>
/// What a run has come to, computed from its journal alone: which calls may be made, with what input, which edges were
/// taken, and whether the run is over. The same journal gives the same answers, at whatever point it is taken up again:
/// no clock is read, and what looks random follows from the run's id. One per run; not safe for several threads.
/// </summary>
public sealed partial class FlowState
{
    private readonly FlowPlan plan;
    private readonly FlowStateWiring wiring;
    private readonly string runId;
    private readonly ReadOnlyMemory<byte> input;
    private readonly IReadOnlyDictionary<string, string> config;

    private readonly NodeSlot[] nodes;
    private readonly EdgeSlot[] edges;

    // Opened and not yet asked for; what lost its meaning since is left out when it is asked for.
    private List<PendingCall>? ready;

    // Handed out, and without meaning by now: a loop went on without them, or the run did.
    private List<StepKey>? stale;

    // Inputs of visits that a loop has left behind.
    private Dictionary<StepKey, ReadOnlyMemory<byte>>? past;

    // Given for calls that have not begun.
    private Dictionary<int, ReadOnlyMemory<byte>>? overrides;

    // What SlotOf answers when there is no such call; never open.
    private CallSlot none;

    /// <summary>A run of which nothing is on record yet.</summary>
    /// <param name="runId">The waits between attempts follow from it.</param>
    /// <param name="input">The flow's input, serialised; the memory must not change afterwards.</param>
    /// <param name="config">What expressions see as <c>config.NAME</c>.</param>
    public FlowState(
        FlowPlan plan,
        string runId,
        ReadOnlyMemory<byte> input,
        IReadOnlyDictionary<string, string> config
    )
    {
        ArgumentNullException.ThrowIfNull(plan);
        this.plan = plan;
        this.runId = runId;
        this.input = input;
        this.config = config;
        wiring = FlowStateWiring.For(plan);
        nodes = (NodeSlot[])wiring.Blank.Clone();
        edges = new EdgeSlot[plan.Edges.Count];
        dirty = new ulong[(nodes.Length + 63) / 64];
        foreach (var edge in wiring.Entries)
            DecidePlain(edge);
        Settle();
    }

    /// <summary>
    /// Whether <see cref="InputOf"/> also knows the visits that a loop has left behind. Without it a long loop over large
    /// messages costs the memory of one visit.
    /// </summary>
    public bool KeepInputs { get; init; } = true;

    /// <summary>True from the moment on at which what was done is being undone.</summary>
    public bool Compensating { get; private set; }

    /// <summary>Why the run does not succeed; null while it still may.</summary>
    public FlowFault? Cause { get; private set; }

    /// <summary>Set when nothing is left to do.</summary>
    public FlowVerdict? Verdict { get; private set; }

    /// <summary>
    /// The calls that became possible since the last time, in an order that follows from the journal. A retry carries
    /// how long to wait, and since when. Of the items of a fan-out never more are open than may run at once.
    /// </summary>
    public IReadOnlyList<PendingCall> TakeReady()
    {
        if (ready is not { } calls)
            return [];
        ready = null;
        var kept = 0;
        for (var i = 0; i < calls.Count; i++)
        {
            var call = calls[i];
            ref var slot = ref SlotOf(call.Key);
            if (!ReferenceEquals(slot.Call, call))
                continue;
            slot.HandedOut = true;
            calls[kept++] = call;
        }
        calls.RemoveRange(kept, calls.Count - kept);
        return calls;
    }

    /// <summary>
    /// Takes in the next line of the journal. A result that was applied before, or whose call has lost its meaning, is
    /// ignored.
    /// </summary>
    /// <exception cref="KeyNotFoundException">The flow has no such placement.</exception>
    public void Apply(StepResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        ref var slot = ref SlotOf(result.Key);
        if (slot.Call is not { } call || call.Attempt != result.Attempt)
        {
            stale?.Remove(result.Key);
            return;
        }
        turnsWithoutCall = 0;
        if (result.Fault is { } failed && Again(call, failed, result.EndedAt) is { } retry)
        {
            Open(ref slot, retry);
            return;
        }
        slot.Close();
        if (Compensating)
            EndUndo(call, result.Fault);
        else
            EndCall(call, result);
        Settle();
    }

    /// <summary>False when a result of this call would change nothing: it is not open, or its loop went on without it.</summary>
    public bool Wants(StepKey key) => SlotOf(key).Call is not null;

    /// <summary>
    /// Stops the run, because it was cancelled or its deadline passed: what was done is undone, or, when there is nothing
    /// to undo, the verdict is there. Without effect on a run that is over, or that is being undone already.
    /// </summary>
    public void Abort(FlowFault cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        if (Verdict is not null || Compensating)
            return;
        EndForward(cause);
    }

    /// <summary>
    /// Gives the next first attempt of a placement another input than its edges would: the call that is open now and was
    /// not tried yet, or else the next one to open.
    /// </summary>
    /// <exception cref="KeyNotFoundException">The flow has no such placement.</exception>
    public void Override(string alias, ReadOnlyMemory<byte> input)
    {
        var index = plan.Node(alias).Index;
        for (var i = 0; i < ready?.Count; i++)
        {
            var call = ready[i];
            ref var slot = ref SlotOf(call.Key);
            if (call.Attempt > 1 || call.Node.Index != index || !ReferenceEquals(slot.Call, call))
                continue;
            ready[i] = slot.Call = slot.Last = call with { Input = input };
            return;
        }
        (overrides ??= [])[index] = input;
    }

    /// <summary>The calls that were handed out and of which no result was applied, those without meaning among them.</summary>
    public IReadOnlyList<StepKey> InFlight
    {
        get
        {
            List<StepKey> keys = [];
            foreach (ref var node in nodes.AsSpan())
            {
                Add(node.Call);
                foreach (var item in node.FanOut?.Calls ?? [])
                    Add(item);
            }
            Add(undoing);
            keys.AddRange(stale ?? []);
            return keys;

            void Add(in CallSlot slot)
            {
                if (slot is { Call: { } call, HandedOut: true })
                    keys.Add(call.Key);
            }
        }
    }

    /// <summary>The serialised input of a call that is open or was; null when there was no such call.</summary>
    public ReadOnlyMemory<byte>? InputOf(StepKey key)
    {
        ref var node = ref nodes[plan.Node(key.Alias).Index];
        if (undoing.Last is { } undo && undo.Key == key)
            return undo.Input;
        if (node.Visit == key.Visit)
        {
            var call =
                key.Item < 0 ? node.Call.Last
                : key.Item < node.FanOut?.Calls.Length ? node.FanOut.Calls[key.Item].Last
                : null;
            if (call is not null)
                return call.Input;
        }
        if (past is not null && past.TryGetValue(key, out var left))
            return left;
        return null;
    }

    /// <summary>For people: waiting, ready, succeeded, failed or not_taken.</summary>
    /// <exception cref="KeyNotFoundException">The flow has no such placement.</exception>
    public string StateOf(string alias) =>
        nodes[plan.Node(alias).Index].Status switch
        {
            NodeStatus.Waiting => "waiting",
            NodeStatus.Started => "ready",
            NodeStatus.Succeeded => "succeeded",
            NodeStatus.Failed => "failed",
            _ => "not_taken",
        };

    /// <summary>For people: waiting, taken, not_taken or failed; a loop edge is taken when it was taken at all.</summary>
    /// <param name="edge">The index in <see cref="FlowPlan.Edges"/>.</param>
    public string StateOf(int edge) =>
        edges[edge] switch
        {
            { Held: true } or { Status: EdgeStatus.Waiting } => "waiting",
            { Status: EdgeStatus.Taken } => "taken",
            { Status: EdgeStatus.NotTaken } => "not_taken",
            _ => "failed",
        };

    private void EndCall(PendingCall call, StepResult result)
    {
        var index = call.Node.Index;
        if (result.Fault is null)
            Undoable(call, result.Output ?? default);
        if (call.Key.Item >= 0)
            EndItem(index, call, result);
        else if (result.Fault is { } fault)
            Fail(index, fault, call.Input);
        else
            Succeed(index, result.Output ?? default);
    }

    private bool TakeOverride(int index, out ReadOnlyMemory<byte> message)
    {
        message = default;
        return overrides is not null && overrides.Remove(index, out message);
    }

    private void Open(ref CallSlot slot, PendingCall call)
    {
        slot = new CallSlot { Call = call, Last = call };
        (ready ??= []).Add(call);
    }

    /// <summary>The open call with this name; without <see cref="CallSlot.Call"/> when there is none.</summary>
    private ref CallSlot SlotOf(in StepKey key)
    {
        if (Compensating)
        {
            if (undoing.Call is { } undo && undo.Key == key)
                return ref undoing;
            return ref none;
        }
        ref var node = ref nodes[plan.Node(key.Alias).Index];
        if (node.Status != NodeStatus.Started || node.Visit != key.Visit)
            return ref none;
        if (key.Item < 0)
            return ref node.Call;
        if (key.Item < node.FanOut?.Calls.Length)
            return ref node.FanOut.Calls[key.Item];
        return ref none;
    }

    /// <summary>Closes a call whose result no longer counts.</summary>
    private void Drop(ref CallSlot slot)
    {
        if (slot is { Call: { } call, HandedOut: true })
            (stale ??= []).Add(call.Key);
        slot.Close();
    }
}
