using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Outbound;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Webhooks;

/// <summary>Sends the ledger to a webhook from now on, or from an entry on. The secret that signs is made here, sealed, and shown this once.</summary>
internal static partial class CreateStream
{
    internal sealed record Request
    {
        /// <summary>An https address of a public host, or of one that the operator lists.</summary>
        public string? Url { get; init; }

        /// <summary>What is sent, such as <c>key.revoke</c>, or <c>key.*</c> for all that begin so; all when absent.</summary>
        public IReadOnlyList<string>? Actions { get; init; }

        /// <summary>Whether it begins at once; true when absent.</summary>
        public bool? Enabled { get; init; }

        /// <summary>Sends what comes after this number; 0 for all that is on record; what comes from now on when absent.</summary>
        public long? After { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        SecretVault vault,
        OutboundHttp outbound,
        StreamBell bell,
        UlidSource ids,
        TimeProvider clock,
        IOptions<StreamOptions> options,
        ILogger<AuditStream> log
    )
    {
        var body = await Body.Read(context, StreamJson.Default.CreateStreamRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = new List<Mistake>();
        var on = body.Value.Enabled ?? true;
        var stream = new AuditStream
        {
            TenantId = caller.TenantId,
            Id = ids.Next().ToString(),
            Url = StreamRules.Url(body.Value.Url, outbound, mistakes),
            Actions = StreamRules.Actions(body.Value.Actions, mistakes),
            Enabled = on ? 1 : 0,
            DisabledReason = on ? null : AuditStream.Asked,
            CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            CursorSeq = body.Value.After ?? 0,
        };
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        using var secret = new PinnedSecret(WebhookSignature.SecretLength);
        RandomNumberGenerator.Fill(secret.Span);
        var made = await database.Write(
            session =>
                Make(
                    session,
                    origin,
                    vault,
                    stream,
                    secret,
                    fromNow: body.Value.After is null,
                    options.Value.MostOfATenant
                ),
            context.RequestAborted
        );
        if (made.Refused)
            return made.Refusal;
        bell.Ring();
        LogMade(log, stream.Id, caller.TenantId);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            StreamShown.Of(made.Value, made.Value.CursorSeq) with
            {
                Secret = WebhookSignature.Show(secret.Span),
            },
            StreamJson.Default.StreamShown,
            statusCode: StatusCodes.Status201Created
        );
    }

    private static async Task<Outcome<AuditStream>> Make(
        Session session,
        Origin origin,
        SecretVault vault,
        AuditStream stream,
        PinnedSecret secret,
        bool fromNow,
        int most
    )
    {
        var head = (await LedgerStore.ReadHead(session, stream.TenantId))?.Seq ?? 0;
        if (stream.CursorSeq < 0 || stream.CursorSeq > head)
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "out_of_range",
                    $"after is the number of an entry, 0 to {head} now",
                    Where: "after"
                ),
            ]);
        if ((await StreamStore.All(session, stream.TenantId)).Count >= most)
            return StreamRefusals.TooMany;
        var made = fromNow ? stream with { CursorSeq = head } : stream;
        var place = StreamPost.PlaceOf(stream.TenantId, stream.Id);
        var saved = await vault.Save(session, place, secret, replace: false);
        if (saved.Refused)
            return saved.Refusal;
        await StreamStore.Insert(session, made);
        await Audit.Record(
            session,
            origin,
            [SecretFacts.Saved(place, saved.Value), StreamFacts.Created(made)]
        );
        return made;
    }

    [LoggerMessage(
        1713,
        LogLevel.Information,
        "Webhook {StreamId} of the ledger of tenant {TenantId} made"
    )]
    private static partial void LogMade(ILogger log, string streamId, string tenantId);
}
