using System.Net.Http.Headers;
using Sluice.Seal;
using Sluice.Server.Outbound;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Webhooks;

/// <summary>Signs a message with the webhook's secret and sends it.</summary>
internal sealed partial class StreamPost(
    Database database,
    SecretVault vault,
    OutboundHttp outbound,
    TimeProvider clock,
    ILogger<StreamPost> log
)
{
    /// <summary>Where a webhook's secret is kept: with the tenant's, sealed by its key, and out of reach of its runs.</summary>
    public static SecretPlace PlaceOf(string tenantId, string id) =>
        new(tenantId, EnvironmentNames.Live, SecretPlace.OfWebhook(id), "SIGNING_SECRET");

    /// <summary>The status that it was answered with; null when there was no answer.</summary>
    public async Task<int?> Send(AuditStream stream, StreamMessage message, CancellationToken stop)
    {
        // What the operator lists may have changed since the address was taken.
        if (outbound.Read(Purpose.AuditWebhook, stream.Url) is not { } url)
            return null;
        var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
        if (await Sign(stream, message, seconds, stop) is not { } signature)
            return null;
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(message.Body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "sluice");
        request.Headers.TryAddWithoutValidation("webhook-id", message.Id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", $"{seconds}");
        request.Headers.TryAddWithoutValidation("webhook-signature", signature);
        return (await outbound.Send(Purpose.AuditWebhook, request, mostBytes: 0, stop))?.Status;
    }

    private async Task<string?> Sign(
        AuditStream stream,
        StreamMessage message,
        long seconds,
        CancellationToken stop
    )
    {
        using var secret = await OpenSecret(stream.TenantId, stream.Id, stop);
        return secret is null
            ? null
            : WebhookSignature.Sign(secret.Span, message.Id, seconds, message.Body);
    }

    /// <summary>What signs a webhook's messages; null where there is none, or it does not open. Whoever asks disposes of it.</summary>
    public async Task<PinnedSecret?> OpenSecret(string tenantId, string id, CancellationToken stop)
    {
        var place = PlaceOf(tenantId, id);
        PinnedSecret? secret = null;
        try
        {
            if (await database.Read(session => Find(session, place), stop) is not { } found)
                return null;
            secret = new PinnedSecret(Envelope.PlaintextLength(found.Sealed));
            vault.Open(found, place, secret.Span);
            return secret;
        }
        catch (SealBrokenException broken)
        {
            secret?.Dispose();
            LogBroken(log, id, tenantId, broken.Reason);
            return null;
        }
    }

    private static async Task<SealedSecret?> Find(Session session, SecretPlace place) =>
        await SecretWitness.Find(
            session,
            place,
            await SecretStore.LastVersion(session, place.TenantId, place.Environment)
        );

    [LoggerMessage(
        1712,
        LogLevel.Error,
        "The secret of webhook {StreamId} of tenant {TenantId} does not open ({Reason}); nothing is sent"
    )]
    private static partial void LogBroken(
        ILogger log,
        string streamId,
        string tenantId,
        SealBreak reason
    );
}
