using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console;

internal static class ConsoleRefusals
{
    public static readonly Refusal NotYours = new(
        "not_your_right",
        403,
        "Your role does not have the right that this needs. Ask an admin of your organisation."
    );
    public static readonly Refusal FormOutdated = new(
        "form_outdated",
        403,
        "This page was older than your session, so nothing was changed. Send it once more."
    );
    public static readonly Refusal EnvironmentSwitched = new(
        "environment_switched",
        409,
        "You have switched the environment in another window since this page was opened, so nothing was changed. Look at the environment above, then send it once more."
    );
}
