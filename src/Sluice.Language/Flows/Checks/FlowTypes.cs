using Sluice.Language.Flows.Plans;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>The messages at both ends of every edge.</summary>
internal sealed class FlowTypes
{
    private readonly FlowDocument flow;
    private readonly IReadOnlyDictionary<string, Placed> placed;
    private readonly IReadOnlyList<FlowEdge> edges;
    private readonly FlowMistakes mistakes;
    private readonly Dictionary<string, MessageType> gives = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MessageType> errors = new(StringComparer.Ordinal);
    private readonly Dictionary<FlowEdge, MessageType?> items = new(
        ReferenceEqualityComparer.Instance
    );

    public FlowTypes(
        FlowDocument flow,
        IReadOnlyDictionary<string, Placed> placed,
        IReadOnlyList<FlowEdge> edges,
        Facades facades,
        FlowMistakes mistakes
    )
    {
        this.flow = flow;
        this.placed = placed;
        this.edges = edges;
        this.mistakes = mistakes;
        var listed = edges.Where(e => e.FanOut is not null).Select(e => e.To).ToHashSet();
        foreach (var (alias, node) in placed)
            gives[alias] = listed.Contains(alias)
                ? SystemMessages.Results(node.Output)
                : node.Output;
        FindEntry(facades);
        Input = flow.InputFacade is null ? Entry?.Input : facades.Input;
        Terminal = edges.FirstOrDefault(e => e.To == FlowDocument.FlowOutput)?.From;
        Output =
            flow.OutputFacade is not null ? facades.Output
            : Terminal is null ? null
            : gives.GetValueOrDefault(Terminal);
        foreach (var edge in edges.Where(e => e.FanOut is not null))
            items[edge] = Item(edge, edge.FanOut!);
    }

    /// <summary>The first placement that takes the flow's input; with it the flow's input message, unless there is a facade.</summary>
    public Placed? Entry { get; private set; }

    /// <summary>Alias at the beginning of the first edge to the output.</summary>
    public string? Terminal { get; }

    /// <summary>What the flow takes; null when that cannot be said.</summary>
    public MessageType? Input { get; }

    /// <summary>What the flow gives; null when that cannot be said.</summary>
    public MessageType? Output { get; }

    /// <summary>What an edge's source hands over, and what conditions see; null when that cannot be said.</summary>
    public MessageType? Sends(FlowEdge edge)
    {
        if (edge.From == FlowDocument.FlowInput)
            return Input;
        if (!edge.OnError)
            return gives.GetValueOrDefault(edge.From);
        if (!placed.TryGetValue(edge.From, out var failed))
            return null;
        if (!errors.TryGetValue(edge.From, out var error))
            errors[edge.From] = error = SystemMessages.NodeError(failed.Input);
        return error;
    }

    /// <summary>What an edge's adapter sees; null when that cannot be said.</summary>
    public MessageType? Source(FlowEdge edge) =>
        edge.FanOut is null ? Sends(edge) : items.GetValueOrDefault(edge);

    /// <summary>What an edge fills; null when that cannot be said.</summary>
    public MessageType? Target(FlowEdge edge) =>
        edge.To == FlowDocument.FlowOutput ? Output : placed.GetValueOrDefault(edge.To)?.Input;

    private MessageType? Item(FlowEdge edge, FlowFanOut fanOut)
    {
        if (Sends(edge) is not { } source || fanOut.Items.Length == 0)
            return null;
        if (FieldPath.Find(source, fanOut.Items, edge.From, out var wrong) is not { } list)
        {
            mistakes.Add(wrong.Code, wrong.Message, edge, "fan_out.items");
            return null;
        }
        if (!list.IsRepeated)
        {
            mistakes.Add(
                "flow_fan_out_items",
                $"`items` names a repeated field, but `{fanOut.Items}` is `{list.TypeText}`.",
                edge,
                "fan_out.items"
            );
            return null;
        }
        return list.Message ?? SystemMessages.Item(list);
    }

    private void FindEntry(Facades facades)
    {
        var first = edges
            .Where(e => e.From == FlowDocument.FlowInput && placed.ContainsKey(e.To))
            .ToArray();
        if (flow.Start is not null)
            CheckStart(first);
        if (flow.InputFacade is not null)
        {
            Entry = first.Length == 0 ? null : placed[first[0].To];
            return;
        }
        var whole = first
            .Where(e => e.Adapter is null && e.FanOut is null && !Composed(e))
            .ToArray();
        if (whole.Length == 0)
        {
            if (first.Length > 0)
                mistakes.Add(
                    "flow_no_entry",
                    "No edge carries `@flow_input` whole, so nothing says what message the flow takes; leave out one adapter, or give the flow an `input_facade`.",
                    first[0]
                );
            return;
        }
        var start = whole.FirstOrDefault(e => e.To == flow.Start);
        Entry = placed[(start ?? whole[0]).To];
        if (start is not null)
            return;
        foreach (var edge in whole)
            if (!Same(Entry.Input, placed[edge.To].Input))
                mistakes.Add(
                    "flow_ambiguous_entry",
                    $"`{Entry.Placement.Alias}` takes `{Entry.Input.FullName}` from `@flow_input`, but `{edge.To}` takes "
                        + $"`{placed[edge.To].Input.FullName}`; give one of the edges an adapter, or name one of them as `start`.",
                    edge
                );
    }

    private bool Composed(FlowEdge edge) => placed[edge.To].Placement.Compose is not null;

    private void CheckStart(FlowEdge[] first)
    {
        if (flow.InputFacade is not null)
            mistakes.AddHead(
                "flow_start",
                "`start` says whose message the flow takes; with an `input_facade` it says nothing.",
                "start",
                FlowDocument.FlowInput
            );
        else if (!first.Any(e => e.To == flow.Start && e.Adapter is null))
            mistakes.AddHead(
                "flow_start",
                $"`start` names `{flow.Start}`, but no edge carries `@flow_input` whole to a placement of that alias.",
                "start",
                FlowDocument.FlowInput
            );
    }

    private static bool Same(MessageType a, MessageType b) =>
        ReferenceEquals(a, b)
        || a.FullName == b.FullName
            && a.Fields.Count == b.Fields.Count
            && a.Fields.All(f =>
                b.Field(f.Name) is { } other
                && MessageFit.FaultOfSame(f, other) is null
                && MessageFit.FaultOfSame(other, f) is null
            );
}
