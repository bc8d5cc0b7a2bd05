using Sluice.Language.Flows;
using Sluice.Server.Flows.Runs;

namespace Sluice.Soak;

/// <summary>
/// Holds the record against what callers were told and nodes saw. Each of its rules is one promise of docs/crash-safety.md;
/// what comes out names the run.
/// </summary>
internal static class Audit
{
    public static IReadOnlyList<string> Check(SoakRecord record) =>
        [
            .. record.Runs.SelectMany(Ended),
            .. record.Runs.SelectMany(Journal),
            .. record.Runs.SelectMany(Fold),
            .. AuditRequests.Check(record),
            .. AuditCalls.Check(record),
            .. AuditSubflows.Check(record),
        ];

    /// <summary>Every run has ended, in a state that is an end.</summary>
    private static IEnumerable<string> Ended(RecordedRun each)
    {
        var run = each.Run;
        if (run.EndedAt is null)
            yield return $"run {run.Id} of {run.Flow} has not ended: {run.Status}, carried by '{run.Server}', {each.Lines.Count} lines";
        else if (!RunStatus.IsEnd(run.Status))
            yield return $"run {run.Id} of {run.Flow} ended as {run.Status}";
        else if (run.EndedAt < run.CreatedAt)
            yield return $"run {run.Id} of {run.Flow} ended before it was created";
    }

    /// <summary>The journal has no gaps, and no attempt of a step stands in it twice.</summary>
    private static IEnumerable<string> Journal(RecordedRun each)
    {
        for (var at = 0; at < each.Lines.Count; at++)
            if (each.Lines[at].Seq != at + 1)
            {
                yield return $"the journal of run {each.Run.Id} has a gap before line {each.Lines[at].Seq}";
                break;
            }
        foreach (
            var twice in each
                .Lines.Where(line => line.IsStep && line.Status != JournalLine.Cancelled)
                .GroupBy(line => (line.Key, line.Attempt))
                .Where(group => group.Count() > 1)
        )
            yield return $"run {each.Run.Id} has attempt {twice.Key.Attempt} of {twice.Key.Key} on record twice";
    }

    /// <summary>The recorded end is what the journal, folded by itself, comes to.</summary>
    private static IEnumerable<string> Fold(RecordedRun each)
    {
        var run = each.Run;
        if (run.EndedAt is null)
            yield break;
        if (run.StartedAt is null && each.Lines.Count == 0)
        {
            // Stopped while it waited for its turn: then nothing has happened in it.
            if (
                RunError.Read(run.Error)?.Code
                is not (RunError.CancelledCode or RunError.DeadlineCode)
            )
                yield return $"run {run.Id} of {run.Flow} is on record as {run.Status}, and never began";
            yield break;
        }
        var state = JournalFold.Of(each.Plan, run, new Dictionary<string, string>(), each.Lines);
        if (state.Verdict is not { } verdict)
        {
            yield return $"run {run.Id} of {run.Flow} is on record as {run.Status}, but its journal has no end";
            yield break;
        }
        var folded = Status(verdict);
        if (folded != run.Status)
            yield return $"run {run.Id} of {run.Flow} is on record as {run.Status}, but its journal says {folded}";
        else if (verdict.Output is { } output && !output.Span.SequenceEqual(run.Output))
            yield return $"run {run.Id} of {run.Flow} has another output on record than its journal";
        else if (verdict.Fault is { } fault && RunError.Read(run.Error)?.Code != fault.Code)
            yield return $"run {run.Id} of {run.Flow} has the error {RunError.Read(run.Error)?.Code} on record, but its journal says {fault.Code}";
    }

    private static string Status(FlowVerdict verdict) =>
        verdict switch
        {
            { Fault: null } => RunStatus.Succeeded,
            { Compensated: true } => RunStatus.Compensated,
            { Fault.Kind: "CANCELLED" } => RunStatus.Cancelled,
            _ => RunStatus.Failed,
        };
}

/// <summary>What callers were told.</summary>
internal static class AuditRequests
{
    public static IEnumerable<string> Check(SoakRecord record)
    {
        var byId = record.Runs.ToDictionary(each => each.Run.Id, StringComparer.Ordinal);
        var roots = record
            .Runs.Where(each => each.Run.ParentId is null && each.Run.ReplayOf is null)
            .ToLookup(each => each.Text, StringComparer.Ordinal);
        return
        [
            .. record.Book.Requests.Values.SelectMany(asked => One(asked, roots[asked.Text], byId)),
            .. roots
                .Where(group => !record.Book.Requests.ContainsKey(group.Key))
                .Select(group => $"nobody asked for run {group.First().Run.Id}"),
            .. record.Book.Ends.SelectMany(end => Kept(end, byId)),
            .. record
                .Book.Replays.Where(replay =>
                    byId.GetValueOrDefault(replay.Key)?.Run.TenantId != replay.Value.Id
                )
                .Select(replay => $"run {replay.Key}, a replay, was accepted and is not there"),
            .. Lists(record),
        ];
    }

    /// <summary>An accepted request is one run, its tenant's own; with a key also when it was sent many times.</summary>
    private static IEnumerable<string> One(
        Asked asked,
        IEnumerable<RecordedRun> runs,
        Dictionary<string, RecordedRun> byId
    )
    {
        var answered = asked.Answered.Distinct(StringComparer.Ordinal).ToList();
        if (answered.Count > 1)
            yield return $"{asked.Text} was answered with several runs: {string.Join(", ", answered)}";
        foreach (var id in answered)
        {
            if (!byId.TryGetValue(id, out var run))
                yield return $"run {id} for {asked.Text} was accepted and is not on record";
            else if (run.Run.TenantId != asked.Tenant.Id || run.Text != asked.Text)
                yield return $"run {id} for {asked.Text} is on record as {run.Text} of tenant {run.Run.TenantId}";
        }
        if (runs.Skip(1).Any())
            yield return $"{asked.Text} is {runs.Count()} runs: {string.Join(", ", runs.Select(each => each.Run.Id))}";
        foreach (var run in runs)
            if (run.Run.TenantId != asked.Tenant.Id)
                yield return $"run {run.Run.Id} for {asked.Text} belongs to another tenant";
    }

    /// <summary>An end that somebody was told of is the end on record.</summary>
    private static IEnumerable<string> Kept(SeenEnd end, Dictionary<string, RecordedRun> byId)
    {
        if (!byId.TryGetValue(end.Run, out var run))
            yield return $"run {end.Run} was said to have ended {end.Status}, and is not on record";
        else if (run.Run.Status != end.Status)
            yield return $"run {end.Run} was said to have ended {end.Status}, and is on record as {run.Run.Status}";
        else if (
            end.Trail is { } trail
            && !SoakNote.Read(run.Run.Output).Trail.SequenceEqual(trail, StringComparer.Ordinal)
        )
            yield return $"run {end.Run} was answered with another output than is on record";
    }

    /// <summary>A tenant is shown all of its own runs and none of another's.</summary>
    private static IEnumerable<string> Lists(SoakRecord record)
    {
        foreach (var (tenant, shown) in record.Shown)
        {
            var own = record
                .Runs.Where(each => each.Run.TenantId == tenant && each.Run.ParentId is null)
                .Select(each => each.Run.Id)
                .ToHashSet(StringComparer.Ordinal);
            if (!own.SetEquals(shown) || shown.Count != own.Count)
                yield return $"tenant {tenant} has {own.Count} runs and is shown {shown.Count}";
        }
    }
}
