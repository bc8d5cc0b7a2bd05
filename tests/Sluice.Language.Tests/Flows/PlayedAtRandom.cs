using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>A run whose calls are answered at random: mostly well, sometimes not, now and then twice or out of turn.</summary>
internal sealed class PlayedAtRandom
{
    private const int MostLines = 4_000;

    private readonly int seed;
    private readonly string text;
    private readonly FlowPlan plan;
    private readonly byte[] input;
    private readonly Random random;
    private readonly List<object> lines = [];
    private readonly List<string> after = [];
    private readonly Dictionary<(StepKey, int), ReadOnlyMemory<byte>> handedOut = [];

    public PlayedAtRandom(int seed, string text, FlowPlan plan)
    {
        this.seed = seed;
        this.text = text;
        this.plan = plan;
        random = new Random(seed);
        input = Message();
        Run = new Played(plan, input);
    }

    public Played Run { get; }

    public void Play(bool checkModel)
    {
        var failures = random.Next(0, 30);
        var model = checkModel ? new FlowModel(plan, input) : null;
        Look(model);
        while (Run.State.Verdict is null)
        {
            Check(Run.Open.Count > 0, "nothing is open, and there is no verdict");
            Check(lines.Count < MostLines, "there is no end");
            var line = Next(failures);
            lines.Add(line);
            if (line is FlowFault stop)
            {
                Run.State.Abort(stop);
                Run.Take();
                model?.Stop(stop);
            }
            else
            {
                Run.Apply((StepResult)line);
                model?.Line((StepResult)line);
            }
            Look(model);
        }
    }

    /// <summary>An answer to an open call; now and then a repeated or wrong one, or a stop.</summary>
    private object Next(int failures)
    {
        var call = Run.Open[random.Next(Run.Open.Count)];
        var odd = random.Next(60);
        if (odd == 0)
            return new FlowFault
            {
                Code = "cancelled",
                Kind = "CANCELLED",
                Message = "",
            };
        if (odd < 4 && Run.Journal.Count > 0)
            return Run.Journal[random.Next(Run.Journal.Count)];
        var result = Played.Result(call) with { EndedAt = lines.Count };
        if (odd == 5)
            result = result with { Key = call.Key with { Visit = call.Key.Visit - 1 } };
        if (odd == 6)
            result = result with { Attempt = result.Attempt + 1 };
        return random.Next(100) >= failures
            ? result with
            {
                Output = Message(),
            }
            : result with
            {
                Fault = Played.Fault(
                    $"{call.Key}",
                    call.Attempt,
                    random.Next(3) == 0 ? "NODE_PROTOCOL" : "NODE_ERROR"
                ),
            };
    }

    private byte[] Message() =>
        [
            .. Bytes.Text(1, $"{random.Next(100)}"),
            .. random.Next(6) is > 0 and var n ? Bytes.Small(2, (byte)n) : [],
            .. Enumerable
                .Range(0, Math.Max(0, random.Next(-2, 6)))
                .SelectMany(i => Bytes.Message(3, Wired.Say($"i{i}", random.Next(4)))),
        ];

    private void Look(FlowModel? model)
    {
        foreach (var call in Run.Open)
            handedOut[(call.Key, call.Attempt)] = call.Input;
        after.Add(Said(Run.Open));
        if (model is null)
            return;
        Check(
            Sorted(model.Open) == Sorted(Run.Open),
            $"open are {Sorted(Run.Open)}, and not {Sorted(model.Open)}"
        );
        Check(
            Said(model.Verdict) == Said(Run.State.Verdict),
            $"the verdict is {Said(Run.State.Verdict)}, and not {Said(model.Verdict)}"
        );
        if (model.Cause is not null || model.Verdict is not null)
            return;
        foreach (var node in plan.Nodes.Where(n => !n.IsCompensator))
            Check(
                Run.State.StateOf(node.Alias) == model.StateOf(node),
                $"`{node}` is {Run.State.StateOf(node.Alias)}, and not {model.StateOf(node)}"
            );
        foreach (var edge in plan.Edges)
            Check(
                Run.State.StateOf(edge.Index) == model.StateOf(edge),
                $"`{edge}` is {Run.State.StateOf(edge.Index)}, and not {model.StateOf(edge)}"
            );
    }

    /// <summary>A crash after each line: what is taken up is what was open, and it goes on to the same end.</summary>
    public void TakeUpEverywhere()
    {
        for (var crash = 0; crash <= lines.Count; crash += 1 + lines.Count / 50)
        {
            var state = Run.Fresh();
            Fold(state, 0, crash);
            Check(
                Said(state.TakeReady()) == after[crash],
                $"after line {crash} other calls are open"
            );
            Fold(state, crash, lines.Count);
            Check(
                Said(state.Verdict) == Said(Run.State.Verdict),
                $"taken up after line {crash} it ends {Said(state.Verdict)}"
            );
        }
    }

    private void Fold(FlowState state, int from, int to)
    {
        for (var i = from; i < to; i++)
            if (lines[i] is FlowFault stop)
                state.Abort(stop);
            else
                state.Apply((StepResult)lines[i]);
    }

    public void CheckInputs()
    {
        foreach (var ((key, _), message) in handedOut)
            Check(
                Run.State.InputOf(key) is { } known && known.Span.SequenceEqual(message.Span),
                $"the input of {key} is another"
            );
    }

    private static string Sorted(IEnumerable<PendingCall> calls) =>
        Said(calls.OrderBy(c => $"{c.Key}", StringComparer.Ordinal));

    private static string Said(IEnumerable<PendingCall> calls) =>
        string.Join(
            "; ",
            calls.Select(c =>
                $"{c.Key}/{c.Attempt} {Convert.ToHexString(c.Input.Span)} {c.Wait} {c.Since} {c.Undoes}"
            )
        );

    private static string Said(FlowVerdict? verdict) =>
        verdict is null
            ? "-"
            : $"{(verdict.Output is { } output ? Convert.ToHexString(output.Span) : "")} {verdict.Fault?.Code} {verdict.Fault?.Node} {verdict.Compensated}";

    private void Check(bool holds, string otherwise)
    {
        if (!holds)
            Assert.Fail(
                $"Seed {seed}: {otherwise}.\n{text}\n\n"
                    + string.Join(
                        '\n',
                        lines.Select(l =>
                            l is StepResult r
                                ? $"{r.Key}/{r.Attempt} {r.Fault?.Kind}{(r.Output is { } o ? Convert.ToHexString(o.Span) : "")}"
                                : "stop"
                        )
                    )
            );
    }
}
