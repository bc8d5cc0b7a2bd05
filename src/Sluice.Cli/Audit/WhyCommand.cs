using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Audit;

/// <summary>Why a request was refused: each check, and what to do.</summary>
internal static class WhyCommand
{
    public static Command Define(string description, Terminal terminal, Ask ask)
    {
        var request = new Argument<string>("request-id")
        {
            Description = "From the refusal, or the header X-Request-Id of the answer",
        };
        return new Command("why", description) { request }.Does(
            terminal,
            (session, stop) =>
                ask(
                    session,
                    async audit =>
                    {
                        session.Print(
                            await audit.Why(session.Value(request), stop),
                            SluiceJson.Default.Decision,
                            Tell
                        );
                        return Exit.Done;
                    }
                )
        );
    }

    private static void Tell(Report people, Decision decision)
    {
        people.Bad($"{decision.Detail} ({decision.Code})");
        people.Facts(
            ("Request", $"{decision.Method} {decision.Route}, {decision.Status}"),
            ("At", Show.ExactTime(decision.At)),
            ("Door", decision.Door),
            ("Key", Key(decision.Key)),
            ("Who", decision.ActorName ?? decision.Actor),
            ("Environment", decision.Environment),
            ("From", decision.Address)
        );
        people.Line();
        people.Table(
            ["CHECK", "OUTCOME", "FOUND"],
            decision
                .Checks.Where(check => check.Outcome != "not_reached")
                .Select(check => (IReadOnlyList<string?>)[check.Name, check.Outcome, check.Said])
        );
        people.Line();
        foreach (var step in decision.WhatToDo)
            people.Line("→ " + step);
    }

    private static string? Key(DecisionKey? key) =>
        key is null ? null
        : key.Masked is null ? key.Id
        : $"{key.Masked} {key.Name} ({key.Id})";
}
