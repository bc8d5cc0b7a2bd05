using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Licenses;

/// <summary>Installs the license of the server. The key comes from a prompt or standard input, never from the line.</summary>
internal static class InstallCommand
{
    public static Command Define(Terminal terminal)
    {
        var reset = new Option<bool>("--reset-clock")
        {
            Description = "The server's clock is right now and had been ahead: go by it again",
        };
        return new Command(
            "install",
            "Install the license of the server, or its renewal (from a prompt or standard input)"
        )
        {
            reset,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                using var input = await SecretInput.Read(
                    session,
                    "License key (not shown): ",
                    keepNewline: false,
                    stop
                );
                if (input is null)
                    return Exit.Usage;
                var status = await client.Licenses.Install(
                    new LicenseToInstall(input.Text(), session.Value(reset)),
                    stop
                );
                return LicenseFacts.Tell(session, status);
            }
        );
    }
}
