using System.Text.Json;

namespace Sluice.Runner.Tests.Languages;

/// <summary>A question of <c>spec/vectors/frames/context.json</c> with its answer, as the runner and the server see them.</summary>
internal sealed record GoldenQuestion(
    NodeQuestion Asked,
    NodeAnswer Answer,
    string Ask,
    string Frame
)
{
    private static readonly JsonElement s_golden = JsonDocument
        .Parse(File.ReadAllText(Repository.File("spec/vectors/frames/context.json")))
        .RootElement;

    /// <summary>What a node gives back that asked all of them.</summary>
    public static string Result => s_golden.GetProperty("result").GetString()!;

    /// <summary>The frames of what it tells.</summary>
    public static IEnumerable<string> Notes =>
        s_golden
            .GetProperty("notes")
            .EnumerateArray()
            .Select(note => note.GetProperty("note").GetString()!);

    public static IEnumerable<GoldenQuestion> All =>
        s_golden
            .GetProperty("questions")
            .EnumerateArray()
            .Select(each => new GoldenQuestion(
                Asks(each.GetProperty("asked")),
                Answers(each.GetProperty("answered")),
                each.GetProperty("ask").GetString()!,
                each.GetProperty("answer").GetString()!
            ));

    private static NodeQuestion Asks(JsonElement asked) =>
        new()
        {
            Kind = (QuestionKind)Number(asked, "what"),
            Session = Text(asked, "session"),
            Role = Text(asked, "role"),
            Text = Text(asked, "text"),
            Count = Number(asked, "count"),
            Importance = Share(asked, "importance"),
            ToolName = Text(asked, "tool_name"),
            ToolCallId = Text(asked, "tool_call_id"),
        };

    private static NodeAnswer Answers(JsonElement answer) =>
        new()
        {
            Code = Text(answer, "code"),
            Message = Text(answer, "message"),
            Id = Text(answer, "id"),
            Turns =
            [
                .. List(answer, "turns")
                    .Select(turn => new MemoryTurn(
                        Text(turn, "id"),
                        Text(turn, "session"),
                        Text(turn, "role"),
                        Text(turn, "content"),
                        Number(turn, "created_at"),
                        Text(turn, "tool_name"),
                        Text(turn, "tool_call_id")
                    )),
            ],
            Entries =
            [
                .. List(answer, "entries")
                    .Select(entry => new MemoryEntry(
                        Text(entry, "id"),
                        Text(entry, "content"),
                        Text(entry, "session"),
                        Share(entry, "importance"),
                        Share(entry, "score"),
                        Number(entry, "created_at")
                    )),
            ],
            Reflection = answer.TryGetProperty("reflection", out var reflection)
                ? Reflects(reflection)
                : null,
        };

    private static Reflection Reflects(JsonElement reflection) =>
        new(
            Text(reflection, "graph_id"),
            [
                .. List(reflection, "nodes")
                    .Select(node => new ReflectedNode(
                        (int)Number(node, "instance"),
                        Text(node, "name"),
                        Text(node, "package"),
                        Text(node, "version"),
                        Text(node, "type"),
                        Text(node, "input"),
                        Text(node, "output"),
                        Text(node, "alias")
                    )),
            ],
            [.. List(reflection, "edges").Select(Edge)],
            [.. List(reflection, "loop_edges").Select(Edge)],
            At(reflection.GetProperty("position"))
        );

    private static ReflectedEdge Edge(JsonElement edge) =>
        new(
            (int)Number(edge, "source"),
            (int)Number(edge, "target"),
            Text(edge, "id"),
            edge.TryGetProperty("has_condition", out _),
            edge.TryGetProperty("has_adapter", out _),
            (int)Number(edge, "max_iterations")
        );

    private static ReflectedPosition At(JsonElement position) =>
        new(
            (int)Number(position, "instance"),
            Text(position, "alias"),
            (int)Number(position, "depth"),
            position
                .GetProperty("loop_iterations")
                .EnumerateObject()
                .ToDictionary(pair => int.Parse(pair.Name), pair => pair.Value.GetInt32()),
            [.. List(position, "graphs_above").Select(id => id.GetString()!)],
            (int)Number(position, "visit"),
            (int)Number(position, "item") - 1,
            (int)Number(position, "attempt")
        );

    private static IEnumerable<JsonElement> List(JsonElement from, string name) =>
        from.TryGetProperty(name, out var found)
            ? found.ValueKind == JsonValueKind.Array
                ? found.EnumerateArray()
                : [found]
            : [];

    private static string Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var found) ? found.GetString()! : "";

    private static long Number(JsonElement from, string name) =>
        from.TryGetProperty(name, out var found) ? found.GetInt64() : 0;

    private static double Share(JsonElement from, string name) =>
        from.TryGetProperty(name, out var found) ? found.GetDouble() : 0;
}
