using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>The time zone of one's own profile: shown, chosen, or taken back.</summary>
internal static class TimeZoneCommand
{
    public static Command Define(Terminal terminal)
    {
        var zone = new Argument<string?>("zone")
        {
            Description = "Like Europe/Berlin, or UTC [default: change nothing, and show it]",
            DefaultValueFactory = _ => null,
            // Without, help would show all that can be completed.
            HelpName = "zone",
        };
        zone.CompletionSources.Add(_ =>
            TimeZoneInfo.GetSystemTimeZones().Select(each => new CompletionItem(each.Id))
        );
        var none = new Option<bool>("--none")
        {
            Description = "Take it back: times are as the browser has them",
        };
        return new Command("time-zone", "In which zone the console shows you times")
        {
            zone,
            none,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var (chosen, takeBack) = (session.Value(zone), session.Value(none));
                if (chosen is not null && takeBack)
                    return session.Fail(
                        Exit.Usage,
                        "zone_or_none",
                        "A zone and --none are two different things: leave one out."
                    );
                session.Print(
                    chosen is null && !takeBack
                        ? await client.Identity.Profile(stop)
                        : await client.Identity.PutProfile(new NewProfile(chosen), stop),
                    SluiceJson.Default.Profile,
                    Tell
                );
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, Profile profile) =>
        people.Facts(
            ("Time zone", profile.TimeZone ?? "none: as the browser has it, UTC without a script"),
            (
                "Now there",
                profile.TimeZone is null
                    ? null
                    : profile.LocalTime.ToString(
                        "yyyy-MM-dd HH:mm:ss zzz",
                        CultureInfo.InvariantCulture
                    )
            )
        );
}
