using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Audit;

/// <summary>The same commands for a tenant's ledger and, under <c>admin</c>, for the installation's own.</summary>
internal static class AuditCommand
{
    public static Command Define(Terminal terminal) =>
        With(
            Define(
                "The ledger: who did what, and proof that nobody has changed it",
                terminal,
                AsTenant
            ),
            StreamCommand.Define(terminal)
        );

    public static Command ForOperator(Terminal terminal) =>
        Define("The installation's own ledger", terminal, AsOperator);

    public static Command Why(Terminal terminal) =>
        WhyCommand.Define("Say why a request was refused", terminal, AsTenant);

    public static Command WhyForOperator(Terminal terminal) =>
        WhyCommand.Define(
            "Say why a request was refused of which no tenant is known",
            terminal,
            AsOperator
        );

    private static Command Define(string description, Terminal terminal, Ask ask) =>
        new("audit", description)
        {
            SearchCommand.Define(terminal, ask),
            ExportCommand.Define(terminal, ask),
            VerifyCommand.Define(terminal, ask),
            CheckpointCommand.Define(terminal, ask),
            StatusCommand.Define(terminal, ask),
        };

    private static Command With(Command command, Command more)
    {
        command.Add(more);
        return command;
    }

    private static async Task<Exit> AsTenant(Session session, Func<AuditApi, Task<Exit>> act)
    {
        if (Connection.AsCaller(session) is not { } client)
            return Exit.NotLoggedIn;
        using (client)
            return await act(client.Audit);
    }

    private static async Task<Exit> AsOperator(Session session, Func<AuditApi, Task<Exit>> act)
    {
        if (Connection.AsOperator(session) is not { } client)
            return Exit.NotLoggedIn;
        using (client)
            return await act(client.HouseAudit);
    }
}

/// <summary>Asks one of the two ledgers; says what is missing where it cannot.</summary>
internal delegate Task<Exit> Ask(Session session, Func<AuditApi, Task<Exit>> act);
