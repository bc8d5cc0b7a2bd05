#nullable enable
using System.Collections;
using System.Collections.Generic;

namespace Axiom;

/// <summary>A turn of a session.</summary>
/// <param name="Role">user, assistant, tool or system.</param>
/// <param name="CreatedAt">In milliseconds since 1970.</param>
public sealed record AxiomTurn(
    string Id,
    string SessionId,
    string Role,
    string Content,
    long CreatedAt = 0,
    string ToolName = "",
    string ToolCallId = ""
);

/// <summary>An entry that was found.</summary>
/// <param name="SessionId">Empty for an entry of the flow.</param>
/// <param name="Importance">0 to 1, as it was written.</param>
/// <param name="Score">How well it fits, above 0 and at most 1.</param>
/// <param name="CreatedAt">In milliseconds since 1970.</param>
public sealed record AxiomEntry(
    string Id,
    string Content,
    string SessionId,
    double Importance,
    double Score = 0,
    long CreatedAt = 0
);

/// <summary>What came of a write: the id, or why it was refused.</summary>
/// <param name="Code">Empty, or invalid, too_large, full, ended, rate_limited, unavailable, unsupported.</param>
public sealed record AxiomWritten(string Id, string Code = "", string Message = "")
{
    public bool Ok => Code.Length == 0;
}

/// <summary>Turns or entries. Empty when it was refused: then code and message say why.</summary>
public sealed class AxiomAnswers<T>(IReadOnlyList<T> items, string code = "", string message = "")
    : IReadOnlyList<T>
{
    public bool Ok => Code.Length == 0;

    public string Code => code;

    public string Message => message;

    public int Count => items.Count;

    public T this[int index] => items[index];

    public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>What memory is kept in; the session is empty for the flow. Every member has an implementation here, which refuses.</summary>
public interface IMemoryStore
{
    private const string Code = "unavailable";
    private const string Why = "This context remembers nothing.";

    AxiomWritten Append(
        string session,
        string role,
        string content,
        string toolName,
        string toolCallId
    ) => new("", Code, Why);

    AxiomAnswers<AxiomTurn> Last(string session, int n) => new([], Code, Why);

    AxiomWritten End(string session) => new("", Code, Why);

    AxiomWritten Write(string session, string content, double importance) => new("", Code, Why);

    AxiomAnswers<AxiomEntry> Search(string session, string query, int limit) => new([], Code, Why);
}

/// <summary>What a flow remembers from run to run. Its own entries are found by every run of the flow.</summary>
public sealed class AxiomMemory(IMemoryStore store)
{
    /// <summary>The session with the name that the node's input gives it.</summary>
    public AxiomSession Session(string id) => new(store, id);

    /// <summary>Entries of the flow that have some of the words, best first; the limit is 1 to 50.</summary>
    public AxiomAnswers<AxiomEntry> Search(string query, int limit = 5) =>
        store.Search("", query, limit);

    /// <summary>Keeps an entry of the flow; the importance is 0 to 1.</summary>
    public AxiomWritten Write(string content, double importance = 0.5) =>
        store.Write("", content, importance);
}

/// <summary>A session of the flow, with turns and entries.</summary>
public sealed class AxiomSession(IMemoryStore store, string id)
{
    public string Id => id;

    public AxiomHistory History() => new(store, id);

    /// <summary>Entries of the session and of the flow that have some of the words, best first; the limit is 1 to 50.</summary>
    public AxiomAnswers<AxiomEntry> Search(string query, int limit = 5) =>
        store.Search(id, query, limit);

    /// <summary>Keeps an entry of the session; the importance is 0 to 1.</summary>
    public AxiomWritten Write(string content, double importance = 0.5) =>
        store.Write(id, content, importance);

    /// <summary>Closes it: nothing can be added any more.</summary>
    public AxiomWritten End() => store.End(id);
}

/// <summary>The turns of a session.</summary>
public sealed class AxiomHistory(IMemoryStore store, string session)
{
    /// <summary>The n newest turns, oldest first; n is 1 to 200.</summary>
    public AxiomAnswers<AxiomTurn> Last(int n = 20) => store.Last(session, n);

    /// <summary>Adds a turn; the role is user, assistant, tool or system.</summary>
    public AxiomWritten Append(
        string role,
        string content,
        string toolName = "",
        string toolCallId = ""
    ) => store.Append(session, role, content, toolName, toolCallId);
}
