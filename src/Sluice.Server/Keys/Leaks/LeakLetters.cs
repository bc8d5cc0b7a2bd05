using System.Text;
using Sluice.Server.Identity;
using Sluice.Server.Outbound;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Leaks;

/// <summary>Tells the people of an organisation which of their keys leaked: the key's owner, the owners and the admins, each in one letter.</summary>
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
            foreach (var tenant in leaks.GroupBy(leak => leak.Key.TenantId))
                await Write(tenant.Key, [.. tenant]);
        }
        catch (StoreUnavailableException error)
        {
            // The keys are revoked and that is on record; only who is to be told could not be read.
            LogUntold(log, error);
        }
    }

    private async Task Write(string tenantId, List<Leak> leaks)
    {
        var (all, owners) = await database.Read(async session =>
        {
            var all = await OwnerStore.Administrators(session, tenantId);
            var owners = new List<Member?>(leaks.Count);
            foreach (var leak in leaks)
                owners.Add(
                    leak.Key.OwnerKind == OwnerKinds.Member
                        ? await OwnerStore.FindMember(session, tenantId, leak.Key.OwnerId)
                        : null
                );
            return (all, owners);
        });
        foreach (var member in all.Concat(owners.OfType<Member>()).DistinctBy(member => member.Id))
        {
            if (!member.IsActive)
                continue;
            var administers = all.Any(each => each.Id == member.Id);
            var theirs = leaks.Where((_, i) => administers || owners[i]?.Id == member.Id);
            mailer.Send(Letter(member, [.. theirs]));
        }
    }

    private Letter Letter(Member member, List<Leak> leaks)
    {
        var list = new StringBuilder();
        foreach (var (key, finding) in leaks)
            list.Append(
                $"""

                  {key.Name} ({key.Masked}), {key.Environment}, id {key.Id}
                  found at {Place(finding.Url)}

                """
            );
        return new Letter(
            member.Email,
            leaks.Count == 1
                ? $"A key of {leaks[0].Key.Handle} leaked and is revoked"
                : $"{leaks.Count} keys of {leaks[0].Key.Handle} leaked and are revoked",
            $"""
            Hello {member.Name},

            the texts of these keys of the organisation {leaks[0].Key.Handle} were found in public.
            They were revoked at once; calls with them are refused.
            {list}
            Make others for the programs that used them, and put them where nobody else reads:

            {address.At("/console/api-keys")}

            The audit log says what the keys were used for, and from where.
            """
        );
    }

    // Somebody else wrote it: one line, and no more than fits.
    private static string Place(string? url)
    {
        if (url is null or "")
            return "a place that was not told";
        var line = new string([.. url.Where(letter => !char.IsControl(letter))]);
        return line.Length <= LongestPlace ? line : line[..LongestPlace] + "…";
    }

    [LoggerMessage(
        1108,
        LogLevel.Warning,
        "Leaked keys were revoked, and nobody could be told by mail: the store is unavailable"
    )]
    private static partial void LogUntold(ILogger log, Exception error);
}
