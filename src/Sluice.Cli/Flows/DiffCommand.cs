using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Language.Flows;

namespace Sluice.Cli.Flows;

/// <summary>What one version of a flow does otherwise than another; order, comments and cells do nothing.</summary>
internal static class DiffCommand
{
    public static Command Define(Terminal terminal)
    {
        var before = new Argument<string>("before") { Description = FlowSource.Words };
        var after = new Argument<string?>("after")
        {
            Description = "The other one [default: before is a file, compared with what is saved]",
            DefaultValueFactory = _ => null,
        };
        return new Command("diff", "What two versions of a flow do differently")
        {
            before,
            after,
        }.Does(
            terminal,
            async (session, stop) =>
            {
                var (one, exit) = await FlowSource.Read(session, session.Value(before), stop);
                if (one is null)
                    return exit;
                var named = session.Value(after);
                (var other, exit) = named is null
                    ? await FlowSource.Saved(session, one.Flow.Name, null, stop)
                    : await FlowSource.Read(session, named, stop);
                if (other is null)
                    return exit;
                // A file alone is the newer one.
                var (old, now) = named is null ? (other, one) : (one, other);
                session.Print(
                    new FlowDifference(old.Label, now.Label, FlowDiff.Between(old.Flow, now.Flow)),
                    CliJson.Default.FlowDifference,
                    Tell
                );
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, FlowDifference difference)
    {
        if (difference.Changes.Count == 0)
        {
            people.Good($"{difference.Before} and {difference.After} do the same.");
            return;
        }
        people.Line($"From {difference.Before} to {difference.After}:");
        foreach (var change in difference.Changes)
        {
            var sign = change.Kind switch
            {
                FlowChange.Added => '+',
                FlowChange.Removed => '-',
                _ => '~',
            };
            people.Line($"{sign} {change.What} {change.Name}");
            foreach (var detail in change.Details)
                people.Line($"    {detail.Key}: {Said(detail)}");
        }
    }

    private static string Said(FlowDetail detail) =>
        (detail.Before, detail.After) switch
        {
            (null, var now) => $"set to {now}",
            (var was, null) => $"no longer {was}",
            var (was, now) => $"{was} → {now}",
        };
}

internal sealed record FlowDifference(
    string Before,
    string After,
    IReadOnlyList<FlowChange> Changes
);
