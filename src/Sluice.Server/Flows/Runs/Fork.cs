using System.Text;
using System.Text.Json;
using Sluice.Language;
using Sluice.Language.Flows;
using Sluice.Language.Protos;

namespace Sluice.Server.Flows.Runs;

/// <summary>What a replay takes over of another run's journal: a prefix, with what the caller edited in it.</summary>
internal sealed class Fork
{
    private readonly FlowPlan _plan;
    private readonly List<JournalLine> _lines;

    private Fork(FlowPlan plan, IEnumerable<JournalLine> prefix)
    {
        _plan = plan;
        _lines = [.. prefix.Where(Counts)];
    }

    /// <summary>The last line that was taken over, by its number in the run before; null: none.</summary>
    public long? Seq => _lines.Count > 0 ? _lines[^1].Seq : null;

    /// <summary>Everything from the start.</summary>
    public static Fork Whole(FlowPlan plan) => new(plan, []);

    /// <summary>Up to a line, which is included.</summary>
    public static Fork At(FlowPlan plan, IReadOnlyList<JournalLine> journal, long checkpoint) =>
        new(plan, Forward(journal).Where(line => line.Seq <= checkpoint));

    /// <summary>What came before the first result of a placement; all of it, when there is none.</summary>
    public static Fork Before(FlowPlan plan, IReadOnlyList<JournalLine> journal, string alias) =>
        new(
            plan,
            Forward(journal)
                .TakeWhile(line => line.Alias != alias || !Counts(line) || !line.IsStep)
                .Where(line => line.Alias != alias)
        );

    /// <summary>
    /// What came before the step that failed the run. Where steps were undone there is nothing to go on from, and all
    /// begins again.
    /// </summary>
    public static Fork BeforeFailure(
        FlowPlan plan,
        IReadOnlyList<JournalLine> journal,
        RunError? error
    )
    {
        if (journal.Any(line => line.Status == JournalLine.Compensating))
            return Whole(plan);
        var forward = Forward(journal).ToList();
        var failed =
            forward.FindLast(line => line.Status == JournalLine.Failed && line.Alias == error?.Node)
            ?? forward.Find(line => line.Status == JournalLine.Failed);
        return failed is null
            ? new Fork(plan, forward)
            : new Fork(plan, forward.TakeWhile(line => line.Key != failed.Key || !line.IsStep));
    }

    /// <summary>Sets the output that a placement gave last in the prefix.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public IReadOnlyList<Mistake>? EditOutput(string alias, JsonElement output)
    {
        var where = $"steps.{alias}";
        var at = _lines.FindLastIndex(line =>
            line.Alias == alias && line.Status == JournalLine.Succeeded
        );
        if (at < 0)
            return
            [
                new Mistake(
                    "no_result",
                    "no result of this placement stands before the point where the replay starts",
                    Where: where
                ),
            ];
        if (_lines[at].Item >= 0)
            return
            [
                new Mistake("fan_out", "the items of a fan-out cannot be edited", Where: where),
            ];
        var message = Message(_plan.Node(alias).Output, output, where, out var mistakes);
        if (message is not null)
            _lines[at] = _lines[at] with { Output = message, Origin = "edited" };
        return mistakes;
    }

    /// <summary>Gives the next first attempt of a placement another input.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public IReadOnlyList<Mistake>? EditInput(string alias, JsonElement input, long now)
    {
        var node = _plan.Node(alias);
        if (node.FanOut is not null)
            return
            [
                new Mistake(
                    "fan_out",
                    "a placement that is called once per item has no single input to edit",
                    Where: "input"
                ),
            ];
        var message = Message(node.Input, input, "input", out var mistakes);
        if (message is null)
            return mistakes;
        _lines.RemoveAll(line => line.Alias == alias && line.Status == JournalLine.Given);
        _lines.Add(
            new JournalLine
            {
                Seq = Seq ?? 0,
                Alias = alias,
                Attempt = 0,
                Status = JournalLine.Given,
                Output = message,
                Origin = "edited",
                StartedAt = now,
                EndedAt = now,
            }
        );
        return null;
    }

    /// <summary>The journal with which the new run begins.</summary>
    public IReadOnlyList<JournalLine> Lines() =>
        [
            .. _lines.Select(
                (line, at) => line with { Seq = at + 1, Origin = line.Origin ?? "copied" }
            ),
        ];

    /// <summary>Reads a message of a type from JSON.</summary>
    public static byte[]? Message(
        MessageType type,
        JsonElement json,
        string where,
        out IReadOnlyList<Mistake>? mistakes
    )
    {
        var read = ProtoJson.Parse(type, Encoding.UTF8.GetBytes(json.GetRawText()));
        mistakes = read.Value is null
            ?
            [
                .. read.Mistakes.Select(mistake =>
                    mistake with
                    {
                        Where = mistake.Where is { Length: > 0 } inner ? $"{where}.{inner}" : where,
                    }
                ),
            ]
            : null;
        return read.Value;
    }

    /// <summary>Before the run was stopped, or began to undo.</summary>
    private static IEnumerable<JournalLine> Forward(IReadOnlyList<JournalLine> journal) =>
        journal.TakeWhile(line =>
            line.Status is not (JournalLine.Aborted or JournalLine.Compensating)
        );

    private static bool Counts(JournalLine line) =>
        line.Alias != JournalLine.OfRun && line.Status != JournalLine.Cancelled;
}
