using Microsoft.Extensions.Options;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>Where the person is signed in, in this organisation; the newest first, 200 at most.</summary>
internal static class ListSessions
{
    internal sealed record Shown
    {
        public required string Id { get; init; }

        /// <summary>Whether it is the one that asks.</summary>
        public required bool Current { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>May lag by a minute.</summary>
        public required DateTimeOffset LastUsedAt { get; init; }

        public required DateTimeOffset ExpiresAt { get; init; }

        /// <summary>Where the person signed in from.</summary>
        public required string Address { get; init; }

        /// <summary>What the browser called itself.</summary>
        public required string Agent { get; init; }
    }

    internal sealed record Response(IReadOnlyList<Shown> Data);

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Database database,
        IOptions<SessionOptions> options,
        TimeProvider clock
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var idle = (long)options.Value.Idle.TotalMilliseconds;
        var open = await database.Read(
            session => SessionStore.Open(session, caller.TenantId, caller.OwnerId, now, now - idle),
            context.RequestAborted
        );
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new Response([.. open.Select(each => Show(each, caller.SessionId!))]),
            SessionJson.Default.ListSessionsResponse
        );
    }

    private static Shown Show(MemberSession session, string current) =>
        new()
        {
            Id = session.Id,
            Current = session.Id == current,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(session.CreatedAt),
            LastUsedAt = DateTimeOffset.FromUnixTimeMilliseconds(session.UsedAt),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(session.ExpiresAt),
            Address = session.Address,
            Agent = session.Agent,
        };
}
