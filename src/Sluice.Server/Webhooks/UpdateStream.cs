using Sluice.Language;
using Sluice.Server.Ledger;
using Sluice.Server.Outbound;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Webhooks;

/// <summary>Changes where a webhook of the ledger leads, what is sent, or whether it is on; it goes on after what was delivered last.</summary>
internal static partial class UpdateStream
{
    /// <summary>What is absent stays.</summary>
    internal sealed record Request
    {
        /// <summary>An https address of a public host, or of one that the operator lists.</summary>
        public string? Url { get; init; }

        /// <summary>What is sent, such as <c>key.*</c>; an empty list for all.</summary>
        public IReadOnlyList<string>? Actions { get; init; }

        /// <summary>Turned on again, it is tried at once.</summary>
        public bool? Enabled { get; init; }
    }

    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        OutboundHttp outbound,
        StreamBell bell,
        ILogger<AuditStream> log
    )
    {
        var body = await Body.Read(context, StreamJson.Default.UpdateStreamRequest);
        if (body.Refused)
            return body.Refusal;
        var asked = body.Value;
        var mistakes = new List<Mistake>();
        var url = asked.Url is null ? null : StreamRules.Url(asked.Url, outbound, mistakes);
        var actions = asked.Actions is null ? null : StreamRules.Actions(asked.Actions, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var changed = await database.Write(
            async session =>
            {
                if (await StreamStore.Find(session, caller.TenantId, id) is not { } stream)
                    return null;
                var on = asked.Enabled ?? stream.IsOn;
                var after = stream with
                {
                    Url = url ?? stream.Url,
                    Actions = actions ?? stream.Actions,
                    Enabled = on ? 1 : 0,
                    DisabledReason =
                        on ? null
                        : asked.Enabled is null ? stream.DisabledReason
                        : AuditStream.Asked,
                    BatchLast = null,
                    Attempts = 0,
                    NextAt = 0,
                    FailingSince = null,
                };
                await StreamStore.Update(session, after);
                await Audit.Record(session, origin, StreamFacts.Updated(after));
                var head = await LedgerStore.ReadHead(session, caller.TenantId);
                return StreamShown.Of(after, head!.Seq);
            },
            context.RequestAborted
        );
        if (changed is null)
            return StreamRefusals.NotFound;
        bell.Ring();
        LogChanged(log, id, caller.TenantId);
        return TypedResults.Json(changed, StreamJson.Default.StreamShown);
    }

    [LoggerMessage(
        1714,
        LogLevel.Information,
        "Webhook {StreamId} of the ledger of tenant {TenantId} changed"
    )]
    private static partial void LogChanged(ILogger log, string streamId, string tenantId);
}
