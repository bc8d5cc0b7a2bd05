using System.Text;
using Sluice.Server.Identity;
using Sluice.Server.Outbound;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Leaks;

/// <summary>Tells the people of an organisation which of their credentials leaked: a key's owner, the owners and the admins, each in one letter.</summary>
internal sealed partial class LeakLetters(
    Database database,
    Mailer mailer,
    PublicAddress address,
    ILogger<LeakLetters> log
)
{
    private const int LongestPlace = 500;

    public async Task Write(IReadOnlyList<Leak> leaks)
    {
        if (!mailer.IsOn)
            return;
        try
        {
            foreach (
                var tenant in leaks
                    .Where(leak => leak.TenantId is not null)
                    .GroupBy(leak => leak.TenantId!)
            )
                await Write(tenant.Key, [.. tenant]);
        }
        catch (StoreUnavailableException error)
        {
            // What leaked is ended and that is on record; only who is to be told could not be read.
            LogUntold(log, error);
        }
    }

    private async Task Write(string tenantId, List<Leak> leaks)
    {
        var (all, holders) = await database.Read(async session =>
        {
            var all = await OwnerStore.Administrators(session, tenantId);
            var holders = new List<Member?>(leaks.Count);
            foreach (var leak in leaks)
                holders.Add(
                    leak.MemberId is { } id
                        ? await OwnerStore.FindMember(session, tenantId, id)
                        : null
                );
            return (all, holders);
        });
        foreach (var member in all.Concat(holders.OfType<Member>()).DistinctBy(member => member.Id))
        {
            if (!member.IsActive)
                continue;
            var administers = all.Any(each => each.Id == member.Id);
            var theirs = leaks.Where((_, i) => administers || holders[i]?.Id == member.Id);
            mailer.Send(Letter(member, [.. theirs]));
        }
    }

    private Letter Letter(Member member, List<Leak> leaks)
    {
        var list = new StringBuilder();
        foreach (var leak in leaks)
            list.Append(
                $"""

                  {leak.Kind}: {leak.Which}
                  found at {Place(leak.Text.Url)}
                  {leak.Advice}

                """
            );
        var handle = leaks[0].Handle;
        return new Letter(
            member.Email,
            leaks is [var one]
                ? $"{one.Kind} of {handle} leaked{(one.IsEnded ? " and opens nothing any more" : "")}"
                : $"{leaks.Count} credentials of {handle} leaked",
            $"""
            Hello {member.Name},

            the texts of these credentials of the organisation {handle} were found in public.
            What can be ended was ended at once; calls with it are refused.
            {list}
            Put what takes their place where nobody else reads:

            {address.At("/console/api-keys")}

            The audit log says what they were used for, and from where.
            """
        );
    }

    // Somebody else wrote it: one line, and no more than fits.
    private static string Place(string? url)
    {
        if (url is null or "")
            return "a place that was not told";
        var line = PlainText.Of(url, LongestPlace);
        return url.Length <= LongestPlace ? line : line + "…";
    }

    [LoggerMessage(
        1108,
        LogLevel.Warning,
        "Credentials leaked, and nobody could be told by mail: the store is unavailable"
    )]
    private static partial void LogUntold(ILogger log, Exception error);
}
