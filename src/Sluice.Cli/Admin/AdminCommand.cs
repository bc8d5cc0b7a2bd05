using System.CommandLine;
using Sluice.Cli.Audit;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Admin;

internal static class AdminCommand
{
    public static Command Define(Terminal terminal) =>
        new("admin", "For the operator of the server (key in SLUICE_ADMIN_API_KEY)")
        {
            OrgsCommand.Define(terminal),
            AdminKeyCommand.Define(terminal),
            ListenersCommand.Define(terminal),
            SecretKeysCommand.Define(terminal),
            AuditCommand.ForOperator(terminal),
            AuditCommand.WhyForOperator(terminal),
        };
}
