using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Keys;

/// <summary>Changes what a key is bound to, from its next use on.</summary>
internal static class UpdateCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "As sluice keys list shows it" };
        var name = new Option<string?>("--name") { Description = "Another name" };
        var anywhere = new Option<bool>("--from-anywhere")
        {
            Description = "Lift its address ranges",
        };
        var bounds = new BoundOptions();
        var command = new Command(
            "update",
            "Change a key's name, end, addresses or limits; a limit of 0 is lifted"
        )
        {
            id,
            name,
            anywhere,
        };
        bounds.AddTo(command);
        return command.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var change = new KeyChange
                {
                    Name = session.Value(name),
                    ExpiresAt = bounds.Expires(session),
                    AllowedCidrs = session.Value(anywhere) ? [] : bounds.Ranges(session),
                    RateLimit = bounds.Rate(session),
                    DailyQuota = bounds.Quota(session),
                    Metadata = bounds.Metadata(session),
                };
                if (change == new KeyChange())
                    return session.Fail(
                        Exit.Usage,
                        "nothing_to_change",
                        "Nothing was said to change.",
                        "See sluice keys update --help for what can be."
                    );
                session.Print(
                    await client.Keys.Update(session.Value(id), change, stop),
                    SluiceJson.Default.ApiKey,
                    KeyFacts.Tell
                );
                return Exit.Done;
            }
        );
    }
}
