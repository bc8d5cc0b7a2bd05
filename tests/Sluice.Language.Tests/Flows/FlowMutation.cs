using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>Breaks one rule of a flow, where the flow has something to break.</summary>
internal sealed class FlowMutation(FlowDocument flow, Random random)
{
    /// <summary>Null when the flow has nothing that this mutation could break.</summary>
    public FlowDocument? Of(string mutation) =>
        mutation switch
        {
            "a loop edge forgets that it is one" => Edge(
                e => e.Loop && e.From != e.To,
                e => e with { Loop = false, MaxIterations = null }
            ),
            "a loop has no bound" => Edge(e => e.Loop, e => e with { MaxIterations = null }),
            "a loop has too large a bound" => Edge(
                e => e.Loop,
                e => e with { MaxIterations = 10_001 }
            ),
            "a plain edge has a bound" => Edge(e => !e.Loop, e => e with { MaxIterations = 2 }),
            "an edge enters a loop in the middle" => Long() is { } loop
                ? Plus(New("@flow_input", loop.From))
                : null,
            "an edge leaves a loop in the middle" => Long() is { } loop
                ? Plus(New(loop.To, "@flow_output"))
                : null,
            "a second loop ends at the same placement" => Long() is { } loop
                ? Plus(New(loop.From, loop.From) with { Loop = true, MaxIterations = 3 })
                : null,
            "a fan-out goes over what is no list" => FanOut(f => f with { Items = "text" }),
            "a fan-out goes over nothing" => FanOut(f => f with { Items = "itemz" }),
            "a fan-out is too wide" => FanOut(f => f with { Concurrency = 65 }),
            "two fan-outs lead to one placement" => Pick(flow.Edges, e => e.FanOut is not null)
                is { } list
            && flow.Edges.FirstOrDefault(e => e.To == list.From && !e.Loop) is { } before
            && before.From[0] != '@'
                ? Plus(
                    New(list.From, "p_other"),
                    New(before.From, list.To) with
                    {
                        FanOut = list.FanOut,
                    }
                )
                : null,
            "an error edge stands beside a plain one" => Pick(
                flow.Edges,
                e => !e.Loop && !e.OnError && e.From[0] != '@' && e.To[0] != '@'
            )
                is { } plain
                ? Plus(New(plain.From, plain.To) with { OnError = true })
                : null,
            "the input fails" => Edge(e => e.From == "@flow_input", e => e with { OnError = true }),
            "a condition is no bool" => Edge(
                e => !e.Loop && e.From[0] != '@' && e.FanOut is null,
                e => e with { Condition = Cel("'text'") }
            ),
            "a condition names what is not there" => Edge(
                e => e.From[0] != '@',
                e => e with { Condition = Cel("nowhere == 1") }
            ),
            "a condition compares a text with a number" => Edge(
                e => e.Condition?.Field == "text",
                e => e with { Condition = e.Condition! with { Op = "EQ", Value = "5" } }
            ),
            _ => Rest(mutation),
        };

    private FlowDocument? Rest(string mutation) =>
        mutation switch
        {
            "a compensator has an edge" => Node(n => n.Compensate is not null) is { } undone
                ? Plus(New(undone.Alias, undone.Compensate!))
                : null,
            "a compensator has a compensator" => Node(n => n.Compensate is not null) is { } undone
                ? Changed(
                    flow.Nodes.First(n => n.Alias == undone.Compensate),
                    n => n with { Compensate = undone.Alias }
                )
                : null,
            "a compensator needs what is not there" => Node(n => n.Compensate is not null)
                is { } undone
                ? Changed(
                    flow.Nodes.First(n => n.Alias == undone.Compensate),
                    n => n with { Node = "Alien" }
                )
                : null,
            "a compensator is not there" => Node(n => n.Compensate is not null) is { } undone
                ? Changed(undone, n => n with { Compensate = "nobody" })
                : null,
            "a compose plan names another source" => Composed(f =>
                f.Source is null ? f : f with { Source = "@flow_input" }
            ),
            "a compose plan sets what is not there" => Composed(f => f with { To = "nothing" }),
            "a compose plan sets a field twice" => Composed(f =>
                f with
                {
                    To = "n",
                    Source = null,
                    Path = null,
                    Cel = "1",
                }
            ),
            "an edge to a composed placement has an adapter" => Node(n => n.Compose is not null)
                is { } composed
                ? Edge(
                    e => e.To == composed.Alias,
                    e => e with { Adapter = [new("n", "n", default)] }
                )
                : null,
            "an edge of an XOR join leaves a field out" => Node(n =>
                n.Join?.Kind == GraphJoin.Xor
                && flow.Edges.Any(e => e.To == n.Alias && e.Adapter is null)
            )
                is { } join
                ? Changed(join, n => n with { Node = "Alien" })
                : null,
            "a retry is out of range" => Node(n => n.Retry is not null) is { } node
                ? Changed(node, n => n with { Retry = n.Retry! with { Jitter = -0.5 } })
                : null,
            "a retry is for an unknown kind" => Node(n => n.Retry is not null) is { } node
                ? Changed(node, n => n with { Retry = n.Retry! with { RetryOn = ["EDGE"] } })
                : null,
            "a timeout is out of range" => Node(n => n.TimeoutMs is not null) is { } node
                ? Changed(node, n => n with { TimeoutMs = 0 })
                : null,
            "a subflow is not there" => Node(n => n.Subflow is not null) is { } sub
                ? Changed(sub, n => n with { Subflow = "gone" })
                : null,
            "a subflow gives another message" => Node(n => n.Subflow is not null) is { } sub
                ? Changed(sub, n => n with { Output = "L" })
                : null,
            "an adapter's expression has another type" => Adapted("n", "'text'"),
            "an adapter's expression is no expression" => Adapted("n", "n +"),
            "a facade has an unknown kind" => flow.OutputFacade is { } facade
                ? flow with
                {
                    OutputFacade = facade with { Fields = [new("said", "text")] },
                }
                : null,
            "the output leaves a field out" => flow.OutputFacade is { } facade
                ? flow with
                {
                    OutputFacade = facade with
                    {
                        Fields = [.. facade.Fields, new("left_out", "int64")],
                    },
                }
                : null,
            "the example is no example" => flow.InputFacade is { } facade
                ? flow with
                {
                    InputFacade = facade with { ExampleInput = """{"count":"many"}""" },
                }
                : null,
            "the flow asks for streams" => flow with { PipelineMode = true },
            _ => throw new ArgumentException($"No mutation {mutation}.", nameof(mutation)),
        };

    private T? Pick<T>(IEnumerable<T> items, Func<T, bool> fits)
        where T : class
    {
        T[] all = [.. items.Where(fits)];
        return all.Length == 0 ? null : all[random.Next(all.Length)];
    }

    private FlowPlacement? Node(Func<FlowPlacement, bool> fits) => Pick(flow.Nodes, fits);

    /// <summary>A loop whose first and last placement differ.</summary>
    private FlowEdge? Long() => Pick(flow.Edges, e => e.Loop && e.From != e.To);

    private static FlowEdge New(string from, string to) =>
        new()
        {
            From = from,
            To = to,
            At = new Position(9_000, 1),
        };

    private static FlowCondition Cel(string text) => new() { Op = "CEL", Cel = text };

    private FlowDocument Plus(params FlowEdge[] more) =>
        flow with
        {
            Edges = [.. flow.Edges, .. more],
        };

    private FlowDocument? Edge(Func<FlowEdge, bool> fits, Func<FlowEdge, FlowEdge> change) =>
        Pick(flow.Edges, fits) is { } edge
            ? flow with
            {
                Edges = [.. flow.Edges.Select(e => e == edge ? change(e) : e)],
            }
            : null;

    private FlowDocument? FanOut(Func<FlowFanOut, FlowFanOut> change) =>
        Edge(e => e.FanOut is not null, e => e with { FanOut = change(e.FanOut!) });

    private FlowDocument? Adapted(string field, string text) =>
        Edge(
            e => e.Adapter?.Any(f => f.To == field) == true,
            e =>
                e with
                {
                    Adapter =
                    [
                        .. e.Adapter!.Select(f =>
                            f.To == field ? f with { From = text, At = e.At, ValueAt = e.At } : f
                        ),
                    ],
                }
        );

    private FlowDocument? Composed(Func<FlowCompose, FlowCompose> change) =>
        Node(n => n.Compose is not null) is { } node
            ? Changed(
                node,
                n =>
                    n with
                    {
                        Compose =
                        [
                            .. n.Compose!.Select(f => change(f) with { At = n.At, ValueAt = n.At }),
                        ],
                    }
            )
            : null;

    private FlowDocument Changed(FlowPlacement node, Func<FlowPlacement, FlowPlacement> change) =>
        flow with
        {
            Nodes = [.. flow.Nodes.Select(n => n == node ? change(n) : n)],
        };
}
