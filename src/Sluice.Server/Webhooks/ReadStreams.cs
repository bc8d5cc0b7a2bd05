using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Webhooks;

/// <summary>Webhooks of the tenant's ledger, and how each stands.</summary>
internal static class ReadStreams
{
    /// <param name="Data">All of them, oldest first.</param>
    internal sealed record Response(IReadOnlyList<StreamShown> Data);

    public static async Task<IResult> List(
        Caller caller,
        Database database,
        CancellationToken stop
    ) =>
        await database.Read(
            async session =>
            {
                var head = await Head(session, caller);
                var streams = await StreamStore.All(session, caller.TenantId);
                return TypedResults.Json(
                    new Response([.. streams.Select(each => StreamShown.Of(each, head))]),
                    StreamJson.Default.ReadStreamsResponse
                );
            },
            stop
        );

    public static async Task<IResult> Get(
        string id,
        Caller caller,
        Database database,
        CancellationToken stop
    ) =>
        await database.Read<IResult>(
            async session =>
                await StreamStore.Find(session, caller.TenantId, id) is { } stream
                    ? TypedResults.Json(
                        StreamShown.Of(stream, await Head(session, caller)),
                        StreamJson.Default.StreamShown
                    )
                    : StreamRefusals.NotFound,
            stop
        );

    private static async Task<long> Head(Session session, Caller caller) =>
        (await LedgerStore.ReadHead(session, caller.TenantId))?.Seq ?? 0;
}
