using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>
/// Logs in with a browser: shows where to go and what to type there, opens the page where it can, and waits for the person. All that the
/// server says is cleaned before it reaches the terminal.
/// </summary>
internal static class DeviceLogin
{
    private const int UsualInterval = 5;
    private const int LongestInterval = 60;

    /// <summary>The key; null after saying why there is none.</summary>
    public static async Task<string?> Run(
        Session session,
        SluiceClient client,
        IReadOnlyList<string>? scopes,
        string environment,
        bool browser,
        CancellationToken stop
    )
    {
        var login = await client.Device.Start(scopes, environment, stop);
        if (Page(login.VerificationUri) is not { } page)
        {
            session.Fail(
                Exit.Broken,
                SluiceException.UnexpectedAnswer,
                $"{client.Url} names no page to log in at. Is this a Sluice server?"
            );
            return null;
        }
        Tell(session, page, login.UserCode);
        if (browser)
            session.Terminal.Browse(page);
        var clock = session.Terminal.Clock;
        var end = clock.GetUtcNow().AddSeconds(Math.Clamp(login.ExpiresIn, 1, 3600));
        var wait = Math.Clamp(login.Interval ?? UsualInterval, 1, LongestInterval);
        while (clock.GetUtcNow() < end)
        {
            await Task.Delay(TimeSpan.FromSeconds(wait), clock, stop);
            try
            {
                return (await client.Device.Poll(login.DeviceCode, stop)).AccessToken;
            }
            catch (SluiceException error)
                when (error.Code is "authorization_pending" or SluiceException.Unreachable)
            {
                // The person is still at it, or the line is down for a moment.
            }
            catch (SluiceException error) when (error.Code == "slow_down")
            {
                wait = Math.Min(wait + UsualInterval, LongestInterval);
            }
        }
        session.Fail(
            Exit.NotLoggedIn,
            "expired_token",
            "Nobody approved in time.",
            "Try again: sluice login"
        );
        return null;
    }

    // On the error stream, also for programs: somebody must read it, and the answer is for others.
    private static void Tell(Session session, Uri page, string code)
    {
        session.Terminal.Error.WriteLine($"Open {Plain.Line(page.AbsoluteUri)}");
        session.Terminal.Error.WriteLine($"and type the code {Plain.Line(code)}");
        session.Remark("Waiting …");
    }

    private static Uri? Page(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var page)
        && page is { Scheme: "http" or "https", UserInfo: "" }
            ? page
            : null;
}
