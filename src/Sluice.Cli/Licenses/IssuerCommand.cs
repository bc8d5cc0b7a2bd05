using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Licenses;

/// <summary>Shows the public key of the server that issues licenses; it is no secret.</summary>
internal static class IssuerCommand
{
    public static Command Define(Terminal terminal)
    {
        var saveTo = new Option<string?>("--save-to")
        {
            Description = "Write it to this file, for sluice license verify --issuer",
            HelpName = "file",
        };
        return new Command("issuer", "The public key that signed licenses are verified with")
        {
            saveTo,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                var issuer = await client.Licenses.Issuer(stop);
                if (session.Value(saveTo) is { } file)
                    await File.WriteAllTextAsync(
                        session.Terminal.Path(file),
                        issuer.PublicKey + "\n",
                        stop
                    );
                session.Print(
                    issuer,
                    SluiceJson.Default.LicenseIssuer,
                    (people, shown) =>
                        people.Facts(("Issuer", shown.IssuerId), ("Public key", shown.PublicKey))
                );
                return Exit.Done;
            }
        );
    }
}
