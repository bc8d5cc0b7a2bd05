using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Webhooks;

/// <summary>Sends a webhook one message of the type <c>audit.test</c>, now and once, also when it is off, and says what came of it.</summary>
internal static class TestStream
{
    internal sealed record Response
    {
        /// <summary>Whether it was answered with a status of 200 to 299.</summary>
        public required bool Delivered { get; init; }

        /// <summary>Status of HTTP; absent when there was no answer: not found, not reached, not trusted, too late or not allowed.</summary>
        public int? Status { get; init; }

        public required long DurationMs { get; init; }

        /// <summary>The header <c>webhook-id</c> of what was sent.</summary>
        public required string MessageId { get; init; }
    }

    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        StreamPost post,
        UlidSource ids,
        TimeProvider clock
    )
    {
        var stream = await database.Write(
            async session =>
            {
                var found = await StreamStore.Find(session, caller.TenantId, id);
                if (found is not null)
                    await Audit.Record(session, origin, StreamFacts.Tested(found));
                return found;
            },
            context.RequestAborted
        );
        if (stream is null)
            return StreamRefusals.NotFound;
        var message = StreamMessage.Test(stream, ids.Next().ToString(), clock.GetUtcNow());
        var begun = clock.GetTimestamp();
        var status = await post.Send(stream, message, context.RequestAborted);
        return TypedResults.Json(
            new Response
            {
                Delivered = status is >= 200 and < 300,
                Status = status,
                DurationMs = (long)clock.GetElapsedTime(begun).TotalMilliseconds,
                MessageId = message.Id,
            },
            StreamJson.Default.TestStreamResponse
        );
    }
}
