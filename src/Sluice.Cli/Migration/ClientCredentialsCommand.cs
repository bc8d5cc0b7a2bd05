using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Migration;

/// <summary>
/// Walks an organisation from client ids and secrets to its license key, in the steps of the documented migration: see who still uses them,
/// obtain the key, put it into the environment file, change the code, try it, end the old ones.
/// </summary>
internal static partial class ClientCredentialsCommand
{
    public static Command Define(Terminal terminal)
    {
        var org = new Argument<string?>("organisation")
        {
            Description = "Its handle [default: only show who still uses old credentials]",
            Arity = ArgumentArity.ZeroOrOne,
            DefaultValueFactory = _ => null,
        };
        var tier = new Option<string>("--tier")
        {
            Description = "Tier of the license that is issued",
            DefaultValueFactory = _ => "professional",
        };
        var file = new Option<string>("--env-file")
        {
            Description = "Environment file in which the old variables are replaced",
            DefaultValueFactory = _ => ".env",
            HelpName = "file",
        };
        return new Command(
            "client-credentials",
            "From client ids and secrets to a license key, step by step"
        )
        {
            org,
            tier,
            file,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                var old = await client.Admin.OldCredentials(stop);
                if (session.Value(org) is not { } handle)
                {
                    session.Print(old, SluiceJson.Default.OldCredentials, Tell);
                    return Exit.Done;
                }
                return await Walk(
                    session,
                    client,
                    old,
                    handle,
                    session.Value(tier)!,
                    session.Terminal.Path(session.Value(file)!),
                    stop
                );
            }
        );
    }

    private static async Task<Exit> Walk(
        Session session,
        SluiceClient client,
        OldCredentials old,
        string handle,
        string tier,
        string file,
        CancellationToken stop
    )
    {
        var people = session.People;
        var before = File.Exists(file) ? await File.ReadAllTextAsync(file, stop) : "";
        var license = await client.Licenses.Issue(new NewLicense(tier) { OrgId = handle }, stop);
        people.Good(
            $"Step 1: a {license.Tier} license key was issued to {handle}: {license.Masked}"
        );
        PrivateFile.Write(file, Encoding.UTF8.GetBytes(Replace(before, license.Key!)));
        people.Good(
            $"Step 2: {Path.GetFileName(file)} has SLUICE_LICENSE_KEY in the place of CLIENT_ID and CLIENT_SECRET."
        );
        people.Line("  Step 3: in the code, hand over the license key (SLUICE_LICENSE_KEY) alone;");
        people.Line("          it is sent as X-License-Key, and no client id or secret any more.");
        using var holder = new SluiceClient(
            new SluiceClientOptions { Url = client.Url, LicenseKey = license.Key }
        );
        var status = await holder.Licenses.GetLicenseStatus(stop);
        if (!status.Valid)
            return session.Fail(
                Exit.Refused,
                "license_not_valid",
                status.Reason ?? "The server does not take the new key."
            );
        people.Good(
            $"Step 4: the server takes the key: {status.Tier}, until {Show.Date(status.ExpiresAt)}."
        );
        var left = old.Data.Where(each => each.OrgId == handle).ToList();
        people.Line(
            left.Count == 0
                ? "  Step 5: no old credential of it is left."
                : $"  Step 5: when {string.Join(", ", left.Select(each => each.Name))} makes no calls any more, end it:"
        );
        foreach (var each in left)
            people.Line($"          sluice keys revoke {each.KeyId}");
        return Exit.Done;
    }

    /// <summary>The lines of the file with the license key in the place of the first old one.</summary>
    internal static string Replace(string before, string key)
    {
        var lines = new List<string>();
        var put = false;
        foreach (var line in before.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            var isOld = OldVariable().IsMatch(line);
            if (isOld && !put)
                lines.Add($"SLUICE_LICENSE_KEY={key}");
            put |= isOld;
            if (!isOld && line.Length > 0)
                lines.Add(line);
        }
        if (!put)
            lines.Add($"SLUICE_LICENSE_KEY={key}");
        return string.Join('\n', lines) + "\n";
    }

    private static void Tell(Report people, OldCredentials old)
    {
        if (!old.SwitchedOn)
            people.Careful("Old credentials are switched off (Keys:OldCredentials).");
        if (old.Until is { } until)
            people.Line($"They are taken until {Show.Date(until)}.");
        people.Table(
            ["ORGANISATION", "NAME", "SHAPE", "KEY ID", "CALLS IN 30 DAYS", "LAST USED"],
            old.Data.Select(each =>
                (IReadOnlyList<string?>)
                    [
                        each.OrgId,
                        each.Name,
                        each.Shape,
                        each.KeyId,
                        each.Calls.ToString(),
                        Show.Time(each.LastUsedAt) ?? "never",
                    ]
            )
        );
    }

    [GeneratedRegex(
        @"^\s*(export\s+)?\w*(CLIENT_ID|CLIENT_SECRET|LICENSE_KEY)\s*=",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex OldVariable();
}
