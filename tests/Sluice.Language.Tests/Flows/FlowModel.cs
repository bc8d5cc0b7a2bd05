using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>
/// Decision 008 once more, as plainly as it can be said: after each line of the journal everything is worked out anew from
/// the results that counted, the visits, and what each XOR chose. No counters, no marks, no order of events beyond "the
/// earliest placement first".
/// </summary>
internal sealed class FlowModel
{
    private static readonly Dictionary<string, string> NoConfig = [];

    private readonly FlowPlan plan;
    private readonly ReadOnlyMemory<byte> input;
    private readonly PlannedNode[] nodes;
    private readonly PlannedEdge[] loops;

    private readonly Dictionary<PlannedNode, int> visit = [];
    private readonly Dictionary<PlannedNode, PlannedEdge> chosen = [];
    private readonly HashSet<PlannedNode> revisited = [];
    private readonly Dictionary<PlannedEdge, (int Times, ReadOnlyMemory<byte> Brought)> rounds = [];
    private readonly Dictionary<StepKey, List<StepResult>> counted = [];
    private readonly List<(PendingCall Call, ReadOnlyMemory<byte> Output)> done = [];
    private int turns;

    private Dictionary<PlannedNode, Look> looks = [];

    public FlowModel(FlowPlan plan, ReadOnlyMemory<byte> input)
    {
        this.plan = plan;
        this.input = input;
        nodes = [.. plan.Nodes.Where(n => !n.IsCompensator), plan.OutputNode];
        loops = [.. plan.Edges.Where(e => e.Edge.Loop)];
        foreach (var node in nodes)
            visit[node] = 1;
        Settle();
    }

    public List<PendingCall> Open { get; private set; } = [];

    public FlowFault? Cause { get; private set; }

    public FlowVerdict? Verdict { get; private set; }

    public string StateOf(PlannedNode node) => looks[node].State;

    public string StateOf(PlannedEdge edge) =>
        !edge.Edge.Loop ? Edge(edge).State
        : rounds.ContainsKey(edge) ? "taken"
        : IsOver(looks[edge.From!]) ? "not_taken"
        : "waiting";

    public void Line(StepResult line)
    {
        if (Open.Find(c => c.Key == line.Key && c.Attempt == line.Attempt) is not { } call)
            return;
        turns = 0;
        if (!counted.TryGetValue(line.Key, out var attempts))
            counted[line.Key] = attempts = [];
        attempts.Add(line);
        if (Cause is null && line.Fault is null && call.Node.Compensator is not null)
            done.Add((call, line.Output!.Value));
        Settle();
    }

    public void Stop(FlowFault cause)
    {
        if (Cause is null && Verdict is null)
            Cause = cause;
        Settle();
    }

    private void Settle()
    {
        if (Verdict is not null)
            return;
        if (Cause is null)
        {
            do looks = [];
            while (nodes.Any(Happens));
            var end = looks[plan.OutputNode];
            Open = [.. nodes.SelectMany(n => looks[n].Open)];
            if (end.State == "succeeded")
                Verdict = new FlowVerdict(end.Gives, null);
            else if (end.State == "not_taken")
                Cause = Fault("no_terminal", null);
            else
                Cause = end.Fault;
        }
        if (Cause is not null)
            Undo();
        if (Verdict is not null)
            Open = [];
    }

    /// <summary>An XOR chooses, or a loop goes round: then all has to be worked out again.</summary>
    private bool Happens(PlannedNode node)
    {
        var look = At(node);
        if (look.Chooses is { } edge)
        {
            chosen[node] = edge;
            return true;
        }
        if (look.Loop is not { } loop)
            return false;
        turns++;
        rounds[loop] = (rounds.GetValueOrDefault(loop).Times + 1, look.Gives);
        foreach (var inner in loops)
            if (inner != loop && loop.Body.Contains(inner.From) && loop.Body.Contains(inner.To))
                rounds.Remove(inner);
        foreach (var again in loop.Body)
        {
            visit[again]++;
            revisited.Remove(again);
            if (again != loop.To)
                chosen.Remove(again);
        }
        revisited.Add(loop.To);
        return true;
    }

    private static bool IsOver(Look look) => look.State is "succeeded" or "failed" or "not_taken";

    private Look At(PlannedNode node) =>
        looks.TryGetValue(node, out var known) ? known : looks[node] = Loops(node, Work(node));

    /// <summary>What a placement is, its loops aside.</summary>
    private Look Work(PlannedNode node)
    {
        PlannedEdge[] into = [.. node.Incoming.Where(e => !e.Edge.Loop)];
        if (revisited.Contains(node))
            return Started(node);
        var states = into.Select(Edge).ToList();
        var taken = states.Count(s => s.State == "taken");
        var waits = states.Exists(s => s.State == "waiting");
        var fault = states.Find(s => s.State == "failed").Fault;
        if (node.Join.Kind == GraphJoin.Xor)
        {
            if (chosen.ContainsKey(node))
                return Started(node);
            if (taken > 0)
                return new Look("waiting") { Chooses = into.First(e => Edge(e).State == "taken") };
            return waits ? new Look("waiting")
                : fault is null ? new Look("not_taken")
                : new Look("failed") { Fault = fault };
        }
        if (waits)
            return new Look("waiting");
        if (taken == into.Length)
            return Started(node);
        if (taken == 0 && fault is null)
            return new Look("not_taken");
        if (node.Join.FailurePolicy == GraphJoin.Tolerate && taken > 0)
            return Started(node);
        if (fault is not null && (into.Length == 1 || node == plan.OutputNode))
            return new Look("failed") { Fault = fault };
        return new Look("failed") { Fault = Fault("join_failed", node.Alias) };
    }

    private Look Started(PlannedNode node)
    {
        if (node.FanOut is { } list)
            return Items(node, list);
        if (Input(node, null, out var message) is { } fault)
            return new Look("failed") { Fault = fault };
        if (node == plan.OutputNode)
            return new Look("succeeded") { Gives = message };
        return Call(node, new StepKey(node.Alias, visit[node]), message);
    }

    private Look Items(PlannedNode node, PlannedEdge list)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> items = [];
        if (TakesPart(node, list) && plan.Items(list, Source(list), out items) is { } broken)
            return new Look("failed") { Fault = Fault(broken, node) };
        var each = new List<Look>();
        foreach (var item in items)
        {
            if (each.Count(l => l.State == "ready") == list.Edge.FanOut!.Concurrency)
                break;
            each.Add(
                Input(node, item, out var message) is { } fault
                    ? new Look("failed") { Fault = fault }
                    : Call(node, new StepKey(node.Alias, visit[node], each.Count), message)
            );
        }
        if (
            node.Join.FailurePolicy != GraphJoin.Tolerate
            && each.Find(l => l.State == "failed") is { } failed
        )
            return failed;
        if (each.Exists(l => l.State == "ready"))
            return new Look("ready") { Open = [.. each.SelectMany(l => l.Open)] };
        var results = each.Select(l =>
            l.State == "failed" ? new ItemResult(null, l.Fault) : new ItemResult(l.Gives, null)
        );
        return new Look("succeeded") { Gives = plan.Results(node, results.ToList()) };
    }

    private Look Call(
        PlannedNode node,
        StepKey key,
        ReadOnlyMemory<byte> message,
        StepKey? undoes = null
    )
    {
        var tried = counted.GetValueOrDefault(key) ?? [];
        var last = tried.LastOrDefault();
        if (last is { Fault: null })
            return new Look("succeeded") { Gives = last.Output!.Value, Got = message };
        var most = node.Node.Retry?.MaxAttempts ?? 1;
        if (last is not null && (tried.Count == most || last.Fault!.Kind == "NODE_PROTOCOL"))
            return new Look("failed") { Fault = last.Fault, Got = message };
        return new Look("ready")
        {
            Open =
            [
                new PendingCall
                {
                    Key = key,
                    Attempt = tried.Count + 1,
                    Node = node,
                    Input = message,
                    Since = last?.EndedAt ?? 0,
                    Wait = last is null
                        ? TimeSpan.Zero
                        : TimeSpan.FromSeconds(Math.Min(60, 1 << (tried.Count - 1))),
                    Undoes = undoes,
                },
            ],
        };
    }

    /// <summary>What becomes of a placement that is over, because of the loops that leave from it.</summary>
    private Look Loops(PlannedNode node, Look look)
    {
        if (look.State != "succeeded")
            return look;
        foreach (var loop in loops.Where(l => l.From == node))
        {
            var fault = plan.Test(loop, look.Gives, NoConfig, out var holds);
            if (fault is not null)
                return look with { State = "failed", Fault = Fault(fault, node) };
            var more = rounds.GetValueOrDefault(loop).Times < loop.Edge.MaxIterations;
            if (holds && more && turns < FlowState.MostTurnsWithoutCall)
                return look with { Loop = loop };
            if (holds && (more || loop.Edge.Condition is not null))
                return look with { State = "failed", Fault = Fault("loop_limit", node.Alias) };
        }
        return look;
    }

    private (string State, FlowFault? Fault) Edge(PlannedEdge edge)
    {
        if (edge.From is { } source)
        {
            var look = At(source);
            if (!IsOver(look) || look.Loop is not null)
                return ("waiting", null);
            var held = loops.Any(l =>
                l.Body.Contains(source)
                && !l.Body.Contains(edge.To)
                && (!IsOver(At(l.From!)) || At(l.From!).Loop is not null)
            );
            if (held)
                return ("waiting", null);
            if (look.State == "not_taken")
                return ("not_taken", null);
            if (look.State == "failed")
            {
                var caught = source.Outgoing.Any(e =>
                    e.Edge.OnError && Holds(e, look) is { Fault: null, Holds: true }
                );
                if (!caught)
                    return ("failed", look.Fault);
                if (!edge.Edge.OnError)
                    return ("not_taken", null);
            }
            else if (edge.Edge.OnError)
                return ("not_taken", null);
            var decided = Holds(edge, look);
            return decided.Fault is not null
                ? ("failed", decided.Fault)
                : (decided.Holds ? "taken" : "not_taken", null);
        }
        var fault = plan.Test(edge, input, NoConfig, out var enters);
        return fault is not null
            ? ("failed", Fault(fault, null))
            : (enters ? "taken" : "not_taken", null);
    }

    private (FlowFault? Fault, bool Holds) Holds(PlannedEdge edge, Look source)
    {
        var fault = plan.Test(edge, Carries(edge, source), NoConfig, out var holds);
        return (fault is null ? null : Fault(fault, edge.From), holds);
    }

    private ReadOnlyMemory<byte> Source(PlannedEdge edge) =>
        edge.From is null ? input : Carries(edge, At(edge.From));

    private ReadOnlyMemory<byte> Carries(PlannedEdge edge, Look source) =>
        source.State == "failed"
            ? plan.ErrorMessage(edge.From!, source.Fault!, source.Got)
            : source.Gives;

    private bool TakesPart(PlannedNode node, PlannedEdge edge) =>
        node.Join.Kind == GraphJoin.Xor
            ? chosen.GetValueOrDefault(node) == edge
            : Edge(edge).State == "taken";

    private FlowFault? Input(
        PlannedNode node,
        ReadOnlyMemory<byte>? item,
        out ReadOnlyMemory<byte> message
    )
    {
        var carried = node
            .Incoming.Where(e => !e.Edge.Loop && TakesPart(node, e))
            .Select(e => new Carried(e, e.Edge.FanOut is null ? Source(e) : item!.Value))
            .Concat(
                loops
                    .Where(l => l.To == node && rounds.ContainsKey(l))
                    .OrderByDescending(l => l.Body.Count)
                    .Select(l => new Carried(l, rounds[l].Brought))
            );
        var fault = plan.BuildInput(node, carried.ToArray(), NoConfig, out message);
        return fault is null ? null : Fault(fault, node);
    }

    private static FlowFault Fault(EdgeFault fault, PlannedNode? node) =>
        Fault(fault.Code, node?.Alias, fault.Kind);

    private static FlowFault Fault(string code, string? node, string? kind = null) =>
        new()
        {
            Code = code,
            Kind = kind ?? code.ToUpperInvariant(),
            Message = "",
            Node = node == FlowDocument.FlowOutput ? null : node,
        };

    private void Undo()
    {
        FlowFault? failed = null;
        var number = 0;
        foreach (var (call, output) in Enumerable.Reverse(done))
        {
            number++;
            var node = call.Node.Compensator!;
            if (plan.BuildUndo(node, call.Node, output, call.Input, out var message) is not null)
                throw new InvalidOperationException("Every message of the model fits.");
            var look = Call(node, new StepKey(node.Alias, number), message, call.Key);
            if (look.State == "ready")
            {
                Open = [.. look.Open];
                return;
            }
            if (look.State == "failed")
                failed ??= Fault("compensation_failed", node.Alias);
        }
        Verdict = new FlowVerdict(null, failed ?? Cause, failed is null && number > 0);
    }

    /// <param name="State">As of <see cref="FlowState.StateOf(string)"/>.</param>
    private sealed record Look(string State)
    {
        public IReadOnlyList<PendingCall> Open { get; init; } = [];

        public ReadOnlyMemory<byte> Gives { get; init; }

        /// <summary>The input of its call.</summary>
        public ReadOnlyMemory<byte> Got { get; init; }

        public FlowFault? Fault { get; init; }

        /// <summary>The edge that an XOR is about to choose.</summary>
        public PlannedEdge? Chooses { get; init; }

        /// <summary>The loop that is about to go round.</summary>
        public PlannedEdge? Loop { get; init; }
    }
}
