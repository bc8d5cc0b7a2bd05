using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Makes a key and shows its text once. The new key is never wider than the caller, belongs to the caller's owner
/// and to the caller's environment.
/// </summary>
internal static partial class CreateKey
{
    internal sealed record Request
    {
        /// <summary>Where the key will live, such as <c>ci</c> or <c>laptop</c>; 1 to 100 characters.</summary>
        public string? Name { get; init; }

        /// <summary><c>live</c> or <c>test</c>; the caller's when absent.</summary>
        public string? Environment { get; init; }

        /// <summary>Names of scopes; absent: all that the owner may do.</summary>
        public IReadOnlyList<string>? Scopes { get; init; }

        /// <summary><c>standard</c> (default), <c>hex</c> (always live) or <c>client</c>.</summary>
        public string? Shape { get; init; }

        /// <summary>When it ends by itself; absent: never.</summary>
        public DateTimeOffset? ExpiresAt { get; init; }

        /// <summary>Addresses and CIDR ranges that it may be used from, at most 32; absent or empty: from anywhere.</summary>
        public IReadOnlyList<string>? AllowedCidrs { get; init; }

        /// <summary>Calls a second, 1 to 1000000; absent: the tenant's limit alone.</summary>
        public long? RateLimit { get; init; }

        /// <summary>Calls on a UTC day, 1 to 10^12; absent: no quota.</summary>
        public long? DailyQuota { get; init; }

        /// <summary>At most 20 texts of your own, shown with the key.</summary>
        public Dictionary<string, string>? Metadata { get; init; }

        /// <summary>Id of the service account that it is for; absent: for whoever asks. Needs the scope <c>admin</c>.</summary>
        public string? ServiceAccount { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        IOptions<KeyOptions> options,
        UlidSource ids,
        TimeProvider clock,
        ILogger<Key> log
    )
    {
        var body = await Body.Read(context, KeyJson.Default.CreateKeyRequest);
        if (body.Refused)
            return body.Refusal;
        var now = clock.GetUtcNow();
        var wish = KeyWishes.Read(body.Value, caller.Environment, options.Value, now);
        if (wish.Refused)
            return wish.Refusal;
        if (wish.Value.Environment != caller.Environment)
            return CommonRefusals.EnvironmentMismatch;
        var made = await database.Write(
            async session =>
            {
                var owner = await KeyOwner.For(session, caller, body.Value.ServiceAccount);
                if (owner.Refused)
                    return owner.Refusal;
                var bound = await KeyBounds.Apply(session, caller, owner.Value, wish.Value);
                if (bound.Refused)
                    return bound.Refusal;
                var minted = Mint(
                    bound.Value,
                    owner.Value.Kind,
                    owner.Value.Id,
                    options.Value,
                    ids,
                    now.ToUnixTimeMilliseconds()
                );
                await KeyStore.Insert(session, caller.TenantId, minted.Key);
                await Audit.Record(session, origin, KeyFacts.Created(minted.Key));
                return (Outcome<MintedKey>)minted;
            },
            context.RequestAborted
        );
        if (made.Refused)
            return made.Refusal;
        var key = made.Value.Key;
        LogCreated(log, key.Id, caller.TenantId, key.Environment, key.Name);
        return Answer(context, made.Value);
    }

    /// <summary>The key's row and, beside it, the text that only the reply may hold.</summary>
    /// <param name="now">When it is made, in Unix milliseconds: the moment that its end was counted from.</param>
    internal static MintedKey Mint(
        KeyWish wish,
        string ownerKind,
        string ownerId,
        KeyOptions options,
        UlidSource ids,
        long now
    )
    {
        var text = wish.Shape switch
        {
            "hex" => KeyText.MintHex(),
            "client" => KeyText.MintClient(wish.Name, Word(wish.Environment)),
            _ => KeyText.MintStandard(options.Prefix, Word(wish.Environment)),
        };
        var key = new Key
        {
            Id = ids.Next().ToString(),
            Environment = wish.Environment,
            Name = wish.Name,
            Shape = wish.Shape,
            Hash = KeyText.Hash(text),
            Masked = KeyText.Mask(text),
            Scopes = wish.Scopes is { } scopes ? (long)scopes : null,
            OwnerKind = ownerKind,
            OwnerId = ownerId,
            CreatedAt = now,
            ExpiresAt = wish.Settings.ExpiresAt,
            AllowedCidrs = wish.Settings.AllowedCidrs,
            RateLimit = wish.Settings.RateLimit,
            DailyQuota = wish.Settings.DailyQuota,
            Metadata = wish.Settings.Metadata,
        };
        return new MintedKey(key, text);
    }

    private static KeyEnvironment Word(string environment) =>
        environment == EnvironmentNames.Test ? KeyEnvironment.Test : KeyEnvironment.Live;

    /// <summary>The key with its text: in this answer, and never again.</summary>
    internal static IResult Answer(HttpContext context, MintedKey minted)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            KeyShown.Of(minted.Key) with
            {
                Key = minted.Text,
            },
            KeyJson.Default.KeyShown,
            statusCode: StatusCodes.Status201Created
        );
    }

    [LoggerMessage(
        1101,
        LogLevel.Information,
        "Key {KeyId} created in tenant {TenantId} ({Environment}): {Name}"
    )]
    private static partial void LogCreated(
        ILogger log,
        string keyId,
        string tenantId,
        string environment,
        string name
    );
}

/// <summary>A key that was made just now, and its text, which is kept nowhere.</summary>
internal sealed record MintedKey(Key Key, string Text)
{
    // The text must not reach a log by way of a record's printer.
    public override string ToString() => $"MintedKey {{ Id = {Key.Id} }}";
}
