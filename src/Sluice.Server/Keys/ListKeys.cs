using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>The keys of the caller's tenant and environment, newest first; masks, never texts.</summary>
internal static class ListKeys
{
    internal sealed record Entry
    {
        public required string Id { get; init; }

        public required string Name { get; init; }

        public required string Masked { get; init; }

        public required string Environment { get; init; }

        public required string Shape { get; init; }

        /// <summary>Null: all that the owner may do.</summary>
        public required IReadOnlyList<string>? Scopes { get; init; }

        public required Owner Owner { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>Null until the key has authenticated a request; may lag by a minute.</summary>
        public required DateTimeOffset? LastUsedAt { get; init; }

        public required DateTimeOffset? RevokedAt { get; init; }
    }

    internal sealed record Owner(string Type, string Id);

    internal sealed record Response(IReadOnlyList<Entry> Data, string? NextCursor);

    public static async Task<IResult> Handle(HttpContext context, Caller caller, Database database)
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var keys = await database.Read(
            session => KeyStore.List(session, caller.TenantId, caller.Environment, page),
            context.RequestAborted
        );
        var shown = keys.Take(page.Limit).Select(Show).ToList();
        var response = new Response(shown, keys.Count > page.Limit ? shown[^1].Id : null);
        return TypedResults.Json(response, KeyJson.Default.ListKeysResponse);
    }

    private static Entry Show(Key key) =>
        new()
        {
            Id = key.Id,
            Name = key.Name,
            Masked = key.Masked,
            Environment = key.Environment,
            Shape = key.Shape,
            Scopes = key.Scopes is { } scopes ? ScopeNames.Names((Scopes)scopes) : null,
            Owner = new Owner(key.OwnerKind, key.OwnerId),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(key.CreatedAt),
            LastUsedAt = key.LastUsedAt is { } used
                ? DateTimeOffset.FromUnixTimeMilliseconds(used)
                : null,
            RevokedAt = key.RevokedAt is { } revoked
                ? DateTimeOffset.FromUnixTimeMilliseconds(revoked)
                : null,
        };
}
