using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Licenses;

/// <summary>How a license stands: one's own, or as the operator that of the installation. Exits with 4 when it is not valid.</summary>
internal static class StatusCommand
{
    public static Command Define(Terminal terminal)
    {
        var installed = new Option<bool>("--installed")
        {
            Description = "As the operator: the license of the installation, and where it is from",
        };
        return new Command("status", "How the license stands") { installed }.Does(
            terminal,
            async (session, stop) =>
            {
                if (session.Value(installed))
                {
                    if (Connection.AsOperator(session) is not { } operators)
                        return Exit.NotLoggedIn;
                    using (operators)
                        return LicenseFacts.Tell(
                            session,
                            await operators.Licenses.GetInstalled(stop)
                        );
                }
                if (Connection.AsCaller(session) is not { } client)
                    return Exit.NotLoggedIn;
                using (client)
                    return LicenseFacts.Tell(session, await client.Licenses.GetLicenseStatus(stop));
            }
        );
    }
}
