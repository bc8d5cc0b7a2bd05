using Sluice.Server.Ledger;
using Sluice.Server.Store;

namespace Sluice.Server.Keys.Leaks;

/// <summary>The admin key, also one that is set outside: it is not taken again, on any server. The next start makes another, or the operator sets one.</summary>
internal sealed partial class AdminKeyLeaks(
    Database database,
    AdminKey key,
    ILogger<AdminKeyLeaks> log
) : ILeakKind
{
    public async Task<IReadOnlyList<Leak>> Take(IReadOnlyList<ReportedText> texts, Origin origin)
    {
        var leaks = new List<Leak>();
        foreach (var text in texts)
        {
            if (await Find(text) is not { } isKnown)
                continue;
            var isNew = !isKnown && await database.Write(session => End(session, text, origin));
            if (isNew)
                LogEnded(log);
            leaks.Add(
                new Leak
                {
                    Text = text,
                    Kind = "The admin key",
                    Which = "the operator's",
                    IsEnded = true,
                    Advice = "Start the server again for another, or set one.",
                    IsNew = isNew,
                }
            );
        }
        return leaks;
    }

    /// <summary>Whether an earlier report had it; null: it is no admin key.</summary>
    private Task<bool?> Find(ReportedText text) =>
        database.Read(async session =>
            await AdminKey.WasLeaked(session, text.Hash) ? true
            : await key.IsThis(session, text.Hash) ? false
            : (bool?)null
        );

    private async Task<bool> End(Session session, ReportedText text, Origin origin)
    {
        if (!await key.Burn(session, text.Hash))
            return false;
        await Audit.Record(
            session,
            origin,
            new Fact("admin_key.leak", "admin_key", "admin")
            {
                TenantId = Audit.House,
                ["url"] = text.Url,
                ["source"] = text.Source,
            }
        );
        return true;
    }

    [LoggerMessage(
        1109,
        LogLevel.Critical,
        "The admin key was found in public and opens nothing any more: set another in SLUICE_ADMIN_API_KEY, or start a server without it, which makes one"
    )]
    private static partial void LogEnded(ILogger log);
}
