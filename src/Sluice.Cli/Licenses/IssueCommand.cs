using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Licenses;

/// <summary>Issues a license to an organisation of the server, or for another installation.</summary>
internal static class IssueCommand
{
    public static Command Define(Terminal terminal)
    {
        var whom = new Argument<string>("organisation")
        {
            Description = "The handle of an organisation; with --install the name of a customer",
        };
        var install = new Option<bool>("--install")
        {
            Description =
                "For a whole installation, signed: it is verified there without this server",
        };
        var tier = new Option<string>("--tier")
        {
            Description = "professional, enterprise or enterprise-plus",
            Required = true,
        };
        var form = new Option<string?>("--form")
        {
            Description = "short or signed [default: short; with --install signed]",
        };
        form.AcceptOnlyFromAmong("short", "signed");
        var nodes = new Option<int?>("--nodes")
        {
            Description = "Most nodes [default: what the tier brings]",
            HelpName = "count",
        };
        var features = new Option<string[]>("--feature")
        {
            Description = "What it opens, of what the tier brings; repeatable [default: all]",
        };
        var (days, saveTo) = (LicenseFacts.Days(), LicenseFacts.SaveTo());
        return new Command("issue", "Issue a license; its key is shown once")
        {
            whom,
            install,
            tier,
            form,
            nodes,
            features,
            days,
            saveTo,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                var isInstall = session.Value(install);
                var made = await client.Licenses.Issue(
                    new NewLicense(session.Value(tier)!)
                    {
                        OrgId = isInstall ? null : session.Value(whom),
                        Organization = isInstall ? session.Value(whom) : null,
                        Form = session.Value(form) ?? (isInstall ? "signed" : null),
                        MaxNodes = session.Value(nodes),
                        Features = session.Value(features) is { Length: > 0 } some ? some : null,
                        Days = session.Value(days),
                    },
                    stop
                );
                return LicenseFacts.Give(session, made, session.Value(saveTo));
            }
        );
    }
}
