using Sluice.Language.Flows;
using Sluice.Runner;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Flows.Memory;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>Answers what a node asks through its context in one call: about its run, and about its flow's memory.</summary>
internal sealed class CallContext(
    ActiveRun run,
    CallInFlight call,
    NodeMemory memory,
    Database database,
    int most
)
{
    private readonly MemoryScope _scope = new(run.Run.TenantId, run.Run.Environment, run.Run.Flow);
    private int _asked;
    private int _written;

    /// <summary>The runner asks one after the other.</summary>
    public async ValueTask<NodeAnswer> Answer(NodeQuestion question, CancellationToken stop)
    {
        if (++_asked > most)
            return NodeAnswer.No(
                "rate_limited",
                $"One call of a node may ask {most} times; this one has."
            );
        switch (question.Kind)
        {
            case QuestionKind.Unknown:
                return NodeAnswer.No("unsupported", "This server does not know that question.");
            case QuestionKind.Reflect:
                return new NodeAnswer { Reflection = await Reflect(stop) };
            case QuestionKind.AppendTurn or QuestionKind.WriteEntry:
                _written++;
                await run.Recorded(stop);
                break;
            case QuestionKind.EndSession:
                await run.Recorded(stop);
                break;
        }
        // A server that lost its runs writes for none of them.
        return run.MayCall
            ? await memory.Answer(
                _scope,
                question,
                $"{run.Run.Id}/{call.Call.Key}/{_written}",
                stop
            )
            : NodeAnswer.No("unavailable", "The run is not this server's any more.");
    }

    private async Task<Reflection> Reflect(CancellationToken stop)
    {
        var graph = run.Graph.Flow;
        var numbers = new Dictionary<string, int>();
        foreach (var node in graph.Nodes)
            numbers[node.Alias] = numbers.Count + 1;
        var nodes = graph.Nodes.Select(node => new ReflectedNode(
            numbers[node.Alias],
            node.Node,
            node.Package,
            node.Version,
            node.Subflow is null ? "node" : "subflow",
            node.InputType,
            node.OutputType,
            node.Alias
        ));
        var edges = graph.Edges.Select(
            (edge, index) =>
                (
                    edge.Loop,
                    Shown: new ReflectedEdge(
                        numbers.GetValueOrDefault(edge.From),
                        numbers.GetValueOrDefault(edge.To),
                        $"{edge.From} -> {edge.To}",
                        edge.Condition is not null,
                        edge.Fields is not null,
                        edge.MaxIterations
                    )
                )
        );
        var apart = edges.ToLookup(edge => edge.Loop, edge => edge.Shown);
        return new Reflection(
            run.Graph.Row.Id,
            [.. nodes],
            [.. apart[false]],
            [.. apart[true]],
            await Position(numbers, stop)
        );
    }

    private async Task<ReflectedPosition> Position(
        Dictionary<string, int> numbers,
        CancellationToken stop
    )
    {
        var key = call.Call.Key;
        return new ReflectedPosition(
            numbers[key.Alias],
            key.Alias,
            (int)run.Run.Depth,
            Loops.Around(run.Graph.Flow, key.Alias) is { } head
                ? new Dictionary<int, int> { [numbers[head]] = key.Visit }
                : new Dictionary<int, int>(),
            await GraphsAbove(stop),
            key.Visit,
            key.Item,
            call.Call.Attempt
        );
    }

    private async Task<IReadOnlyList<string>> GraphsAbove(CancellationToken stop)
    {
        var above = new List<string>();
        var id = run.Run.ParentId;
        while (id is not null)
        {
            var parent = await database.Read(
                session => RunStore.Head(session, run.Run.TenantId, id),
                stop
            );
            if (parent is null)
                break;
            above.Insert(0, parent.GraphId);
            id = parent.ParentId;
        }
        return above;
    }

    private static class Loops
    {
        /// <summary>The placement that the innermost loop around another leads back to; null: there is none.</summary>
        public static string? Around(FlowGraph graph, string alias) =>
            graph
                .Edges.Where(edge => edge.Loop)
                .Select(edge => (edge.To, Body: Body(graph, edge)))
                .Where(loop => loop.Body.Contains(alias))
                .OrderBy(loop => loop.Body.Count)
                .Select(loop => loop.To)
                .FirstOrDefault();

        /// <summary>What lies between the ends of a loop edge, with them.</summary>
        private static HashSet<string> Body(FlowGraph graph, GraphEdge loop)
        {
            var after = Reached(graph, loop.To, edge => (edge.From, edge.To));
            after.IntersectWith(Reached(graph, loop.From, edge => (edge.To, edge.From)));
            return after;
        }

        private static HashSet<string> Reached(
            FlowGraph graph,
            string start,
            Func<GraphEdge, (string From, string To)> ends
        )
        {
            HashSet<string> reached = [start];
            var open = new Queue<string>([start]);
            while (open.TryDequeue(out var next))
            {
                foreach (var edge in graph.Edges.Where(edge => !edge.Loop))
                {
                    var (from, to) = ends(edge);
                    if (from == next && reached.Add(to))
                        open.Enqueue(to);
                }
            }
            return reached;
        }
    }
}
