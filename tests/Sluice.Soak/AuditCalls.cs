using Sluice.Server.Flows.Runs;

namespace Sluice.Soak;

/// <summary>What nodes saw.</summary>
internal static class AuditCalls
{
    public static IEnumerable<string> Check(SoakRecord record)
    {
        var calls = record.Calls.ToDictionary(call => call.Stamp, StringComparer.Ordinal);
        var runs = record.Runs.ToDictionary(each => each.Run.Id, StringComparer.Ordinal);
        var kept = new Dictionary<string, JournalLine>(StringComparer.Ordinal);
        var violations = new List<string>();
        foreach (var run in record.Runs)
        foreach (var (line, stamp) in run.Stamped())
        {
            if (Foreign(run, line, calls.GetValueOrDefault(stamp)) is { } foreign)
                violations.Add(foreign);
            if (!kept.TryAdd(stamp, line))
                violations.Add(
                    $"run {run.Run.Id} has a result on record that is on record elsewhere too: {line.Key}"
                );
        }
        violations.AddRange(record.Calls.SelectMany(call => Depends(call, runs, kept, calls)));
        var steps = record.Calls.GroupBy(call => call.Step).Select(step => step.ToList()).ToList();
        violations.AddRange(Unheard(record, runs));
        violations.AddRange(Again(steps, kept, record));
        violations.AddRange(steps.SelectMany(step => Unkept(step, kept, record)));
        return violations;
    }

    /// <summary>A line on record is what a call of this very step in this very run came to, when it had ended.</summary>
    private static string? Foreign(RecordedRun run, JournalLine line, Call? call)
    {
        var what = $"run {run.Run.Id} has a result of {line.Key} on record";
        if (call is null)
            return $"{what} that no call gave";
        if (call.Run != run.Run.Id || call.Tenant != run.Run.TenantId)
            return $"{what} that a call for run {call.Run} of tenant {call.Tenant} gave";
        if (run.Plan.Node(line.Alias).Node.Node != call.Node)
            return $"{what} that {call.Node} gave";
        if (!IsAbout(call, run))
            return $"{what} that is about {call.Text}, not {run.Text}";
        if (call.Outcome is null)
            return $"{what}, though the call never ended";
        return null;
    }

    /// <summary>
    /// A call was made for a run that exists, with results of it. Where it reaches others, run and results were on record
    /// before; where nobody could tell that it was made, they are at least where its own result is.
    /// </summary>
    private static IEnumerable<string> Depends(
        Call call,
        Dictionary<string, RecordedRun> runs,
        Dictionary<string, JournalLine> kept,
        Dictionary<string, Call> calls
    )
    {
        var reaches = SoakNodes.Reaching.Contains(call.Node);
        if (!runs.TryGetValue(call.Run, out var run))
        {
            if (reaches)
                yield return $"{call.Node} was called for run {call.Run}, which is not on record";
        }
        else if (run.Run.TenantId != call.Tenant || !IsAbout(call, run))
            yield return $"{call.Node} was called for run {call.Run} of tenant {run.Run.TenantId} with {call.Text} of tenant {call.Tenant}";
        else if (run.Run.StartedAt is null)
            yield return $"{call.Node} was called for run {call.Run}, which never began";
        foreach (var stamp in call.Seen)
        {
            if (!kept.TryGetValue(stamp, out var line))
            {
                if (reaches)
                    yield return $"{call.Node} of run {call.Run} was given a result that was never recorded";
                else if (kept.ContainsKey(call.Stamp))
                    yield return $"{call.Node} of run {call.Run} is on record, and what it was given is not";
            }
            else if (line.Status != JournalLine.Succeeded)
                yield return $"{call.Node} of run {call.Run} was given the result of a failure";
            else if (calls.TryGetValue(stamp, out var source) && source.Tenant != call.Tenant)
                yield return $"{call.Node} of run {call.Run} was given a result of another tenant";
        }
    }

    /// <summary>A run that is not on record is nobody's but the server's that began it.</summary>
    private static IEnumerable<string> Unheard(
        SoakRecord record,
        Dictionary<string, RecordedRun> runs
    ) =>
        record
            .Calls.Where(call => !runs.ContainsKey(call.Run))
            .GroupBy(call => call.Run)
            .Where(run => run.Select(call => call.Process).Distinct().Count() > 1)
            .Select(run => $"run {run.Key} is not on record, and was carried by two processes");

    /// <summary>An item of a fan-out has the request's text, a dot and a number.</summary>
    private static bool IsAbout(Call call, RecordedRun run) =>
        call.Text == run.Text || call.Text.StartsWith(run.Text + ".", StringComparison.Ordinal);

    /// <summary>
    /// A step that is on record does not run again. A process that stood still may make the calls that it was about to
    /// make in that moment, each time: one on each processor, since nobody can take them from its hands.
    /// </summary>
    private static IEnumerable<string> Again(
        IEnumerable<List<Call>> steps,
        Dictionary<string, JournalLine> kept,
        SoakRecord record
    ) =>
        steps
            .SelectMany(step => Late(step, kept))
            .GroupBy(pair => pair.Late.Process)
            .SelectMany(process =>
                process
                    .OrderBy(pair => pair.Late.BeganAt)
                    .Skip(record.Processors * record.Suspended.Count(name => name == process.Key))
            )
            .Select(pair =>
                $"{pair.Late.Node} of run {pair.Late.Run} ({pair.Late.Text}, {pair.Late.Number}) ran again after it was recorded: process {pair.Kept.Process}, then {pair.Late.Process} ({pair.Late.Outcome ?? "lost"}, suspended {record.Suspended.Count(name => name == pair.Late.Process)} times), {(pair.Late.BeganAt - pair.Kept.EndedAt) / 1e6:F1} ms later"
            );

    /// <summary>Calls of steps that were on record already; those that nobody could prevent are among them.</summary>
    public static int CountAgain(SoakRecord record)
    {
        var kept = record
            .Runs.SelectMany(run => run.Stamped())
            .DistinctBy(each => each.Stamp)
            .ToDictionary(each => each.Stamp, each => each.Line, StringComparer.Ordinal);
        return record.Calls.GroupBy(call => call.Step).Sum(step => Late([.. step], kept).Count());
    }

    /// <summary>Calls of a step that began after the one that is on record as its last had ended.</summary>
    private static IEnumerable<(Call Kept, Call Late)> Late(
        List<Call> step,
        Dictionary<string, JournalLine> kept
    )
    {
        var last = step.Where(call => kept.ContainsKey(call.Stamp))
            .MaxBy(call => kept[call.Stamp].Attempt);
        return last is null || kept[last.Stamp].Status == JournalLine.Retrying
            ? []
            : step.Where(call => call.BeganAt > last.EndedAt).Select(late => (last, late));
    }

    /// <summary>One server makes each attempt once.</summary>
    private static IEnumerable<string> Unkept(
        List<Call> step,
        Dictionary<string, JournalLine> kept,
        SoakRecord record
    )
    {
        var first = step[0];
        foreach (var process in step.GroupBy(call => call.Process))
        {
            // One that stood still loses its runs, and may get them back.
            if (record.Suspended.Contains(process.Key))
                continue;
            var unkept = process.Count(call =>
                !kept.ContainsKey(call.Stamp) && call.Outcome != "Cancelled"
            );
            if (unkept > 1)
                yield return $"{first.Node} of run {first.Run} ({first.Text}, {first.Number}) was called {unkept} times by process {process.Key} without being recorded";
        }
    }
}

/// <summary>Runs of subflows.</summary>
internal static class AuditSubflows
{
    /// <summary>What a subflow's step has on record is what the subflow's one run ended with.</summary>
    public static IEnumerable<string> Check(SoakRecord record)
    {
        var children = record
            .Runs.Where(each => each.Run.ParentId is not null)
            .ToLookup(each => (each.Run.ParentId!, each.Run.ParentStep!));
        foreach (var group in children.Where(group => group.Count() > 1))
            yield return $"call {group.Key.Item2} of run {group.Key.Item1} is {group.Count()} runs";
        foreach (var run in record.Runs)
        foreach (var line in run.Lines)
        {
            if (
                !line.IsStep
                || line.Origin is not null
                || line.Status != JournalLine.Succeeded
                || run.Plan.Node(line.Alias).Node.Subflow is null
            )
                continue;
            var child = children[(run.Run.Id, $"{line.Key}@{line.Attempt}")].FirstOrDefault();
            if (child is null)
                yield return $"run {run.Run.Id} has a result of {line.Key} on record, but no run of its own";
            else if (
                child.Run.Status != RunStatus.Succeeded
                || !child.Run.Output.AsSpan().SequenceEqual(line.Output)
            )
                yield return $"run {run.Run.Id} has another result of {line.Key} on record than run {child.Run.Id}";
            else if (child.Run.TenantId != run.Run.TenantId)
                yield return $"run {child.Run.Id} is a part of run {run.Run.Id} of another tenant";
        }
    }
}
