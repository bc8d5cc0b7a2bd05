namespace Sluice.Language.Flows.Checks;

/// <summary>Writes down what the checks found, once they found nothing wrong.</summary>
internal sealed class FlowFreezer(
    FlowDocument flow,
    FlowStructure structure,
    IReadOnlyDictionary<string, Placed> placed,
    Facades facades,
    FlowTypes types,
    EdgeCheck carried,
    ConditionCheck conditions
)
{
    public FlowGraph Freeze() =>
        new()
        {
            Name = flow.Name,
            Version = flow.Version,
            Description = flow.Description,
            Nodes = [.. structure.Order.Select(Node)],
            Edges = [.. structure.Edges.Select(Edge)],
            Packages =
            [
                .. structure
                    .Order.Select(alias => placed[alias])
                    .Where(p => p.Package is not null)
                    .DistinctBy(p => p.Placement.Package)
                    .Select(p => p.ToGraphPackage()),
            ],
            Entry = types.Entry!.Placement.Alias,
            Terminal = types.Terminal!,
            InputType = types.Input!.FullName,
            OutputType = types.Output!.FullName,
            InputFacade = facades.InputProto,
            OutputFacade = facades.OutputProto,
            ExampleInput = flow.InputFacade?.ExampleInput,
            OutputJoin = flow.OutputFacade?.Join,
            OutputCompose = ComposeCheck.ToGraph(flow.OutputFacade?.Compose),
            SecretRefs = flow.SecretRefs,
            PipelineMode = flow.PipelineMode ? true : null,
        };

    private GraphNode Node(string alias)
    {
        var node = placed[alias].ToGraph();
        var policy = structure
            .Edges.FirstOrDefault(e => e.To == alias && e.FanOut is not null)
            ?.FanOut!.FailurePolicy;
        return policy is null
            ? node
            : node with
            {
                Join = (node.Join ?? new GraphJoin()) with { FailurePolicy = policy },
            };
    }

    private GraphEdge Edge(FlowEdge edge) =>
        new()
        {
            From = edge.From,
            To = edge.To,
            Fields = edge.Adapter is null ? null : carried.Fields(edge),
            Condition = conditions.Frozen(edge),
            Loop = edge.Loop,
            MaxIterations = edge.MaxIterations ?? 0,
            OnError = edge.OnError,
            FanOut = edge.FanOut is { } fanOut
                ? new GraphFanOut(fanOut.Items, fanOut.Concurrency, fanOut.MaxItems)
                : null,
        };
}
