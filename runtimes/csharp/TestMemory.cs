#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Axiom.Testing;

/// <summary>A memory in the test's own process, with none of the limits. It finds whole words.</summary>
public sealed class TestMemory : IMemoryStore
{
    private readonly Lock gate = new();
    private readonly List<AxiomTurn> turns = [];
    private readonly List<AxiomEntry> entries = [];
    private readonly HashSet<string> ended = [];

    /// <summary>All turns, oldest first.</summary>
    public IReadOnlyList<AxiomTurn> Turns => turns;

    /// <summary>All entries, oldest first.</summary>
    public IReadOnlyList<AxiomEntry> Entries => entries;

    public AxiomWritten Append(
        string session,
        string role,
        string content,
        string toolName,
        string toolCallId
    )
    {
        lock (gate)
        {
            if (ended.Contains(session))
                return new("", "ended", "The session has ended.");
            var id = $"turn-{turns.Count + 1}";
            turns.Add(new(id, session, role, content, 0, toolName, toolCallId));
            return new(id);
        }
    }

    public AxiomAnswers<AxiomTurn> Last(string session, int n)
    {
        lock (gate)
            return new([.. turns.Where(turn => turn.SessionId == session).TakeLast(n)]);
    }

    public AxiomWritten End(string session)
    {
        lock (gate)
            ended.Add(session);
        return new("");
    }

    public AxiomWritten Write(string session, string content, double importance)
    {
        lock (gate)
        {
            var id = $"entry-{entries.Count + 1}";
            entries.Add(new(id, content, session, importance));
            return new(id);
        }
    }

    public AxiomAnswers<AxiomEntry> Search(string session, string query, int limit)
    {
        var asked = Words(query);
        lock (gate)
        {
            var found = entries
                .Where(entry => entry.SessionId == "" || entry.SessionId == session)
                .Select(entry =>
                    entry with
                    {
                        Score = (double)Words(entry.Content).Count(asked.Contains) / asked.Count,
                    }
                )
                .Where(entry => entry.Score > 0)
                .OrderByDescending(entry => entry.Score);
            return new([.. found.Take(limit)]);
        }
    }

    private static HashSet<string> Words(string text) =>
        [.. text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
}
