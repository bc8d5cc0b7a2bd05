using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Webhooks;

namespace Sluice.Server.Keys.Leaks;

/// <summary>
/// Secrets that sign what webhooks are sent. They open nothing here; whoever has one can forge messages to the receiver, which only the
/// receiver can end. They are kept sealed, so that each is opened and compared: a report that names none opens none.
/// </summary>
internal sealed class WebhookLeaks(Database database, StreamPost post) : ILeakKind
{
    public async Task<IReadOnlyList<Leak>> Take(IReadOnlyList<ReportedText> texts, Origin origin)
    {
        var reported = texts
            .Select(text => (Text: text, Secret: WebhookSignature.Read(text.Text)))
            .Where(each => each.Secret is not null)
            .ToList();
        var leaks = new List<Leak>();
        if (reported.Count == 0)
            return leaks;
        foreach (var stream in await database.Read(StreamStore.Everyones))
        {
            using var secret = await post.OpenSecret(stream.TenantId, stream.Id, default);
            if (secret is null)
                continue;
            foreach (var (text, bytes) in reported)
            {
                if (
                    FixedTime.Equal(secret.Span, bytes)
                    && await database.Write(session => Tell(session, stream, text, origin))
                        is { } leak
                )
                    leaks.Add(leak);
            }
        }
        return leaks;
    }

    private static async Task<Leak?> Tell(
        Session session,
        AuditStream stream,
        ReportedText text,
        Origin origin
    )
    {
        if (await TenantStore.Find(session, stream.TenantId) is not { } tenant)
            return null;
        var isNew = !await LedgerStore.Holds(session, tenant.Id, StreamFacts.LeakAction, stream.Id);
        if (isNew)
            await Audit.Record(session, origin, StreamFacts.Leaked(stream, text.Url, text.Source));
        return new Leak
        {
            Text = text,
            TenantId = tenant.Id,
            Handle = tenant.Handle,
            Kind = "The signing secret of a webhook",
            Which = $"the webhook to {new Uri(stream.Url).Authority}, id {stream.Id}",
            IsEnded = false,
            Advice =
                "Whoever has it can forge messages to the receiver. Make another webhook, give its secret to the receiver, and remove this one.",
            IsNew = isNew,
        };
    }
}
