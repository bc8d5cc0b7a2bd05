using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Licenses;

internal static class LicenseCommand
{
    public static Command Define(Terminal terminal) =>
        new("license", "Licenses: how one stands, and for the operator: issue, install, renew")
        {
            StatusCommand.Define(terminal),
            VerifyCommand.Define(terminal),
            IssueCommand.Define(terminal),
            InstallCommand.Define(terminal),
            RenewCommand.Define(terminal),
            ListCommand.Define(terminal),
            RevokeCommand.Define(terminal),
            IssuerCommand.Define(terminal),
        };
}
