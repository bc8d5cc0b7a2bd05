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
    public static readonly Refusal FlowChanged = new(
        "flow_changed",
        409,
        "The flow has been saved by somebody else, or in another window, since it was opened here. Say that yours is to replace it, or open it again."
    );
    public static readonly Refusal CommentsLost = new(
        "comments_lost",
        409,
        "The flow's text has comments, which the canvas cannot keep. Say that they may go, or edit the text instead."
    );
    public static readonly Refusal EnvironmentSwitched = new(
        "environment_switched",
        409,
        "You have switched the environment in another window since this page was opened, so nothing was changed. Look at the environment above, then send it once more."
    );
}
