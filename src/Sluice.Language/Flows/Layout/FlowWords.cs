using System.Globalization;
using Sluice.Language.Documents;

namespace Sluice.Language.Flows.Layout;

/// <summary>Says in few words what placements and edges do, for drawings and lists.</summary>
internal static class FlowWords
{
    private static readonly Dictionary<string, string> Signs = new(StringComparer.Ordinal)
    {
        ["EQ"] = "==",
        ["NEQ"] = "!=",
        ["LT"] = "<",
        ["LTE"] = "<=",
        ["GT"] = ">",
        ["GTE"] = ">=",
        ["CONTAINS"] = "contains",
        ["STARTS_WITH"] = "starts with",
        ["ENDS_WITH"] = "ends with",
        ["IN"] = "in",
    };

    /// <summary>The node and its package, or the graph that is run.</summary>
    public static string What(FlowPlacement node) =>
        node.Subflow is { } id ? $"subflow {id}" : $"{node.Node} of {node.Package}";

    /// <summary>What is set beside that: join, retries, time, compensation.</summary>
    public static IEnumerable<string> Settings(FlowPlacement node)
    {
        if (node.Join is { } join)
            yield return Join(join);
        if (node.Compose is not null)
            yield return "composed";
        if (node.Retry is { } retry)
            yield return $"{retry.MaxAttempts} {(retry.MaxAttempts == 1 ? "attempt" : "attempts")}";
        if (node.TimeoutMs is { } time)
            yield return $"at most {Time(time)}";
        if (node.Compensate is { } undo)
            yield return $"undone by {undo}";
    }

    public static string Time(long milliseconds) =>
        milliseconds % 1000 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000} s")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds} ms");

    public static string Join(GraphJoin join) =>
        (join.Kind, join.FailurePolicy) switch
        {
            (GraphJoin.Xor, _) => "first of its edges",
            (_, GraphJoin.Tolerate) => "what comes of its edges",
            _ => "all of its edges",
        };

    /// <summary>When an edge is taken and what it carries; empty for a plain one.</summary>
    public static string Edge(FlowEdge edge)
    {
        var words = new List<string>();
        if (edge.OnError)
            words.Add("on error");
        var condition = edge.Condition is { } given ? $"if {Condition(given)}" : "";
        if (edge.Loop)
            words.Add($"again {condition}".TrimEnd());
        else if (condition.Length > 0)
            words.Add(condition);
        if (edge.Loop && edge.MaxIterations is { } most)
            words.Add(string.Create(CultureInfo.InvariantCulture, $"at most {most} times"));
        if (edge.FanOut is { } fanOut)
            words.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"for each of {fanOut.Items}, {fanOut.Concurrency} at once"
                )
            );
        return string.Join(", ", words);
    }

    public static string Condition(FlowCondition condition) =>
        condition switch
        {
            { Cel: { } cel } => OneLine(cel),
            { Op: "EXISTS", Value: "false" } => $"no {condition.Field}",
            { Op: "EXISTS" } => $"{condition.Field}",
            _ =>
                $"{condition.Field} {Signs.GetValueOrDefault(condition.Op, condition.Op)} {OneLine(condition.Value ?? "")}",
        };

    /// <summary>What an adapter sets, in the order of the document.</summary>
    public static string Adapter(FlowEdge edge) =>
        edge.Adapter is null
            ? ""
            : string.Join(
                ", ",
                edge.Adapter.Select(f => f.To == f.From ? f.To : $"{f.To} = {OneLine(f.From)}")
            );

    public static string Short(string text, int longest) =>
        text.Length <= longest ? text : text[..(longest - 1)] + "…";

    private static string OneLine(string text) =>
        Shown.Text(
            string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        );
}
