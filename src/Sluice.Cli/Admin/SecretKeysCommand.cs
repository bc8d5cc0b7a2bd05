using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Admin;

/// <summary>The keys that guard every secret: which ones are in use, and rotating them while the server serves.</summary>
internal static class SecretKeysCommand
{
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(250);

    // What cannot be opened is left out by the server and stays left for ever: a rotation that stands still is told, not awaited.
    private static readonly TimeSpan s_standstill = TimeSpan.FromSeconds(30);

    public static Command Define(Terminal terminal) =>
        new("secret-keys", "The master key and the data keys that guard secrets")
        {
            new Command(
                "show",
                "Which keys are in use, and what a rotation has left to do"
            ).CallsAsOperator(
                terminal,
                async (session, client, stop) =>
                {
                    Print(session, await client.Admin.SecretKeys(stop));
                    return Exit.Done;
                }
            ),
            new Command("rotate", "Replace them while the server serves")
            {
                Rotate(
                    terminal,
                    "master",
                    "Make a new master key in its file and wrap every data key with it",
                    (client, stop) => client.Admin.RotateMasterKey(stop)
                ),
                Rotate(
                    terminal,
                    "data",
                    "Give every tenant a new data key and seal its secrets with it",
                    (client, stop) => client.Admin.RotateDataKeys(stop)
                ),
            },
        };

    private static Command Rotate(
        Terminal terminal,
        string name,
        string description,
        Func<SluiceClient, CancellationToken, Task<SecretKeys>> begin
    )
    {
        var detach = new Option<bool>("--no-wait")
        {
            Description = "Begin, and do not wait for the end",
        };
        return new Command(name, description) { detach }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                var keys = await begin(client, stop);
                if (!session.Value(detach))
                    keys = await Follow(session, client, keys, stop);
                Print(session, keys);
                if (keys.Left == 0 || session.Value(detach))
                    return Exit.Done;
                return session.Fail(
                    Exit.Unavailable,
                    "rotation_stands_still",
                    $"Nothing has moved for {s_standstill.TotalSeconds:0} s, and {keys.Left} are left.",
                    "The server's log says why. Former keys stay in use until then; nothing is lost."
                );
            }
        );
    }

    /// <summary>Looks until nothing is left, or nothing moves any more; each change is remarked.</summary>
    private static async Task<SecretKeys> Follow(
        Session session,
        SluiceClient client,
        SecretKeys keys,
        CancellationToken stop
    )
    {
        var clock = session.Terminal.Clock;
        var moved = clock.GetTimestamp();
        var told = -1L;
        while (keys.Left > 0 && clock.GetElapsedTime(moved) < s_standstill)
        {
            if (keys.Left != told)
            {
                told = keys.Left;
                moved = clock.GetTimestamp();
                session.Remark(
                    $"{keys.LeftToWrap} data keys to wrap, {keys.LeftToSeal} values to seal …"
                );
            }
            await Task.Delay(s_betweenLooks, clock, stop);
            keys = await client.Admin.SecretKeys(stop);
        }
        return keys;
    }

    private static void Print(Session session, SecretKeys keys) =>
        session.Print(
            keys,
            SluiceJson.Default.SecretKeys,
            (people, shown) =>
                people.Facts(
                    ("Master key", $"{shown.MasterKeyId} ({shown.Source})"),
                    ("Former ones", Show.List(shown.FormerMasterKeyIds, "none")),
                    ("Data keys", shown.DataKeys.ToString()),
                    ("Left to wrap", shown.LeftToWrap.ToString()),
                    ("Left to seal", shown.LeftToSeal.ToString())
                )
        );
}
