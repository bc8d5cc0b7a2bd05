namespace Sluice.Runner;

/// <summary>
/// Answers what a node asks through its context, for the call that it was given to. Whatever is wrong with a question is
/// an answer with a code; what is thrown is a bug, and the node hears that there is no answer.
/// </summary>
/// <param name="question">Hostile input: every text in it is UTF-8, and that is all that is known of it.</param>
/// <param name="stop">Stops when the call ends.</param>
public delegate ValueTask<NodeAnswer> QuestionReader(NodeQuestion question, CancellationToken stop);

/// <summary>What a node can ask.</summary>
public enum QuestionKind
{
    /// <summary>One that this version does not know.</summary>
    Unknown = 0,

    /// <summary>The graph of the run, and where in it the call is.</summary>
    Reflect = 1,

    /// <summary>Add a turn to a session.</summary>
    AppendTurn = 2,

    /// <summary>The last turns of a session.</summary>
    LastTurns = 3,

    /// <summary>Close a session.</summary>
    EndSession = 4,

    /// <summary>Write an entry.</summary>
    WriteEntry = 5,

    /// <summary>Find entries.</summary>
    FindEntries = 6,
}

/// <summary>A question as the node put it; what a kind does not use is empty or 0.</summary>
public sealed record NodeQuestion
{
    public QuestionKind Kind { get; init; }

    /// <summary>The node's own name of a session; empty: the flow as a whole.</summary>
    public string Session { get; init; } = "";

    /// <summary>Of a turn.</summary>
    public string Role { get; init; } = "";

    /// <summary>A turn's or entry's content, or what is looked for.</summary>
    public string Text { get; init; } = "";

    /// <summary>How many turns or entries are wanted at most.</summary>
    public long Count { get; init; }

    /// <summary>Of an entry, from 0 to 1.</summary>
    public double Importance { get; init; }

    public string ToolName { get; init; } = "";

    public string ToolCallId { get; init; } = "";
}

/// <summary>What a node is answered.</summary>
public sealed record NodeAnswer
{
    /// <summary>Nothing went wrong and there is nothing to say.</summary>
    public static readonly NodeAnswer Done = new();

    /// <summary>Empty when all is well; otherwise why not, in one word for programs.</summary>
    public string Code { get; init; } = "";

    /// <summary>The same in a public sentence.</summary>
    public string Message { get; init; } = "";

    /// <summary>The id of what was written.</summary>
    public string Id { get; init; } = "";

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<MemoryTurn> Turns { get; init; } = [];

    /// <summary>Best first.</summary>
    public IReadOnlyList<MemoryEntry> Entries { get; init; } = [];

    public Reflection? Reflection { get; init; }

    public static NodeAnswer No(string code, string message) =>
        new() { Code = code, Message = message };
}

/// <summary>A turn of a session.</summary>
/// <param name="Session">The node's own name of the session.</param>
/// <param name="Role">user, assistant, tool or system.</param>
/// <param name="CreatedAt">Unix milliseconds.</param>
public sealed record MemoryTurn(
    string Id,
    string Session,
    string Role,
    string Content,
    long CreatedAt,
    string ToolName,
    string ToolCallId
);

/// <summary>An entry that was found.</summary>
/// <param name="Session">The node's own name of the session that it belongs to; empty: the flow's.</param>
/// <param name="Importance">From 0 to 1, as the node said.</param>
/// <param name="Score">How well it fits, above 0 and at most 1.</param>
/// <param name="CreatedAt">Unix milliseconds.</param>
public sealed record MemoryEntry(
    string Id,
    string Content,
    string Session,
    double Importance,
    double Score,
    long CreatedAt
)
{
    public string ScopeLevel => Session.Length == 0 ? "flow" : "session";
}

/// <summary>The structure of the graph that runs, and where in it a call is. No condition, adapter or payload is in it.</summary>
public sealed record Reflection(
    string GraphId,
    IReadOnlyList<ReflectedNode> Nodes,
    IReadOnlyList<ReflectedEdge> Edges,
    IReadOnlyList<ReflectedEdge> LoopEdges,
    ReflectedPosition Position
);

/// <summary>A placement.</summary>
/// <param name="Instance">Its number in the graph, from 1 on.</param>
/// <param name="Type">node or subflow.</param>
/// <param name="Alias">Its name in the flow.</param>
public sealed record ReflectedNode(
    int Instance,
    string Name,
    string Package,
    string Version,
    string Type,
    string Input,
    string Output,
    string Alias
);

/// <summary>An edge; instance 0 stands for the flow's own input and output.</summary>
/// <param name="MaxIterations">Of a loop edge; 0 for others.</param>
public sealed record ReflectedEdge(
    int Source,
    int Target,
    string Id,
    bool HasCondition,
    bool HasAdapter,
    int MaxIterations
);

/// <summary>Where a call is.</summary>
/// <param name="Instance">Of the placement that is called.</param>
/// <param name="Depth">0 in a run that nobody's subflow is.</param>
/// <param name="LoopIterations">By the instance that a loop leads back to: which visit this is.</param>
/// <param name="GraphsAbove">Graph ids from the root run down to the parent.</param>
/// <param name="Visit">From 1 on.</param>
/// <param name="Item">Of a fan-out, from 0 on; -1: none.</param>
/// <param name="Attempt">From 1 on.</param>
public sealed record ReflectedPosition(
    int Instance,
    string Alias,
    int Depth,
    IReadOnlyDictionary<int, int> LoopIterations,
    IReadOnlyList<string> GraphsAbove,
    int Visit,
    int Item,
    int Attempt
);
