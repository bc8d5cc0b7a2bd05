using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>Ties a command to what it does, and every expected "no" to an exit code.</summary>
internal static class Acting
{
    /// <summary>For commands that need no key.</summary>
    public static Command Does(
        this Command command,
        Terminal terminal,
        Func<Session, CancellationToken, Task<Exit>> act
    )
    {
        command.SetAction(
            async (parse, stop) =>
            {
                var session = new Session(terminal, parse);
                try
                {
                    return (int)await act(session, stop);
                }
                catch (SluiceException error)
                {
                    return (int)session.Fail(error);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    return (int)Exit.Interrupted;
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    return (int)session.Fail(Exit.Broken, "file", error.Message);
                }
            }
        );
        return command;
    }

    /// <summary>For commands that call the server as the one who is logged in.</summary>
    public static Command Calls(
        this Command command,
        Terminal terminal,
        Func<Session, SluiceClient, CancellationToken, Task<Exit>> act
    ) =>
        command.Does(
            terminal,
            async (session, stop) =>
            {
                if (Connection.AsCaller(session) is not { } client)
                    return Exit.NotLoggedIn;
                using (client)
                    return await act(session, client, stop);
            }
        );

    /// <summary>For commands that call the server as its operator, with the key in <c>SLUICE_ADMIN_API_KEY</c>.</summary>
    public static Command CallsAsOperator(
        this Command command,
        Terminal terminal,
        Func<Session, SluiceClient, CancellationToken, Task<Exit>> act
    ) =>
        command.Does(
            terminal,
            async (session, stop) =>
            {
                if (Connection.AsOperator(session) is not { } client)
                    return Exit.NotLoggedIn;
                using (client)
                    return await act(session, client, stop);
            }
        );
}
