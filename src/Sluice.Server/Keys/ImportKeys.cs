using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Brings keys of another system along by the SHA-256 of their texts, so that nobody has to be given a new one: all of a call or none.
/// They are bound like keys that are made here, and never wider than the caller.
/// </summary>
internal sealed partial class ImportKeys(
    Database database,
    ImportedKeys imported,
    IOptions<KeyOptions> options,
    UlidSource ids,
    SharedLimits shared,
    TimeProvider clock,
    ILogger<Key> log
)
{
    /// <summary>Most keys of one call.</summary>
    public const int Most = 500;

    /// <summary>Texts known to the house by others' doing that a tenant may name in an hour: an honest import has none.</summary>
    private const int StrangersPerHour = 20;

    private readonly TokenBuckets _strangers = shared.Of("import.stranger");

    internal sealed record Request
    {
        /// <summary>1 to 500 keys.</summary>
        public IReadOnlyList<Entry?>? Keys { get; init; }
    }

    internal sealed record Entry
    {
        /// <summary>Where the key lives, such as <c>ci</c> or a customer's name; 1 to 100 characters.</summary>
        public string? Name { get; init; }

        /// <summary>SHA-256 of the text's bytes, without a line end: 64 hexadecimal digits.</summary>
        public string? Sha256 { get; init; }

        /// <summary>First characters of the text, at most 8, for people; absent: not known.</summary>
        public string? StartsWith { get; init; }

        /// <summary>Last characters of the text, at most 4, for people; absent: not known.</summary>
        public string? EndsWith { get; init; }

        /// <summary><c>live</c> or <c>test</c>; the caller's when absent.</summary>
        public string? Environment { get; init; }

        /// <summary>Names of scopes; absent: all that the owner may do.</summary>
        public IReadOnlyList<string>? Scopes { get; init; }

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

    /// <param name="Data">The keys, in the order of the call.</param>
    internal sealed record Response(IReadOnlyList<KeyShown> Data);

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Origin origin,
        ImportKeys act
    )
    {
        var body = await Body.Read(context, KeyJson.Default.ImportKeysRequest);
        if (body.Refused)
            return body.Refusal;
        var kept = await act.Import(caller, origin, body.Value, context.RequestAborted);
        return kept.Refused
            ? kept.Refusal
            : TypedResults.Json(
                new Response([.. kept.Value.Select(KeyShown.Of)]),
                KeyJson.Default.ImportKeysResponse,
                statusCode: StatusCodes.Status201Created
            );
    }

    private async Task<Outcome<List<Key>>> Import(
        Caller caller,
        Origin origin,
        Request request,
        CancellationToken stop
    )
    {
        var now = clock.GetUtcNow();
        var wishes = ImportWishes.Read(request.Keys, caller.Environment, options.Value, now);
        if (wishes.Refused)
            return wishes.Refusal;
        if (
            _strangers.Look(caller.TenantId, StrangersPerHour / 3600.0, StrangersPerHour) is
            { Taken: false } barred
        )
            return KeyRefusals.RateLimited.With(
                LimitShown.Empty("import", StrangersPerHour, 3600, barred)
            );
        Outcome<List<Key>> kept;
        try
        {
            kept = await database.Write(
                session =>
                    Keep(session, caller, origin, wishes.Value, now.ToUnixTimeMilliseconds()),
                stop
            );
        }
        catch (TakenMeanwhileException)
        {
            return KeyRefusals.NotImportable;
        }
        if (kept.Refused)
        {
            if (kept.Refusal.Code == KeyRefusals.NotImportable.Code)
            {
                foreach (var _ in kept.Refusal.Mistakes)
                    _strangers.Take(caller.TenantId, StrangersPerHour / 3600.0, StrangersPerHour);
            }
            return kept.Refusal;
        }
        await imported.Announce();
        LogImported(log, kept.Value.Count, caller.TenantId, caller.Environment);
        return kept;
    }

    private async Task<Outcome<List<Key>>> Keep(
        Session session,
        Caller caller,
        Origin origin,
        IReadOnlyList<ImportWish> wishes,
        long now
    )
    {
        var bounds = await ImportBounds.Apply(session, caller, wishes);
        if (bounds.Refused)
            return bounds.Refusal;
        var keys = bounds.Value.Select(bound => Row(bound, now)).ToList();
        if (await Known(session, caller, origin, keys) is { } refusal)
            return refusal;
        // In one order for everybody, so that two imports of the same texts do not wait for each other.
        foreach (
            var key in keys.OrderBy(key => Convert.ToHexString(key.Hash), StringComparer.Ordinal)
        )
        {
            if (await KeyStore.Import(session, caller.TenantId, key) == 0)
                throw new TakenMeanwhileException();
        }
        await Audit.Append(
            session,
            [.. keys.Select(key => LedgerEntry.Of(origin, KeyFacts.Imported(key), caller.TenantId))]
        );
        return keys;
    }

    /// <summary>
    /// The refusal where a text is known here. Keys that the caller can see are named. Of all others nothing is told but that the text
    /// cannot be imported, and that only to a call that is right in everything else; the operator finds whose it is in the house's ledger.
    /// </summary>
    private static async Task<Refusal?> Known(
        Session session,
        Caller caller,
        Origin origin,
        IReadOnlyList<Key> keys
    )
    {
        var holders = await KeyStore.Holders(session, [.. keys.Select(key => key.Hash)]);
        if (holders.Count == 0)
            return null;
        var found = keys.Select((key, index) => (Index: index, Holder: Holder(holders, key)))
            .Where(each => each.Holder is not null)
            .ToList();
        var own = found.Where(each => IsSeen(caller, each.Holder!)).ToList();
        if (own.Count > 0)
            return KeyRefusals.KnownAlready.With([
                .. own.Select(each => new Mistake(
                    "key_known",
                    $"this text is the key {each.Holder!.Id} already",
                    Where: ImportWishes.Place(each.Index, "sha256")
                )),
            ]);
        foreach (var (_, holder) in found)
            await Audit.Record(
                session,
                origin,
                new Fact("key.import", "key", holder!.Id)
                {
                    TenantId = Audit.House,
                    Code = KeyRefusals.NotImportable.Code,
                    ["tenant"] = caller.TenantId,
                    ["holder"] = holder.TenantId,
                }
            );
        return KeyRefusals.NotImportable.With([
            .. found.Select(each => new Mistake(
                "key_not_importable",
                "this text cannot be imported",
                Where: ImportWishes.Place(each.Index, "sha256")
            )),
        ]);
    }

    private static KeyHolder? Holder(IReadOnlyList<KeyHolder> holders, Key key) =>
        holders.FirstOrDefault(holder => holder.Hash.AsSpan().SequenceEqual(key.Hash));

    private static bool IsSeen(Caller caller, KeyHolder holder) =>
        holder.TenantId == caller.TenantId
        && holder.Environment == caller.Environment
        && KeyOwner.MayManage(caller, holder.OwnerKind, holder.OwnerId);

    private Key Row(BoundImport bound, long now) =>
        new()
        {
            Id = ids.NextText(),
            Environment = bound.Wish.Environment,
            Name = bound.Wish.Name,
            Shape = ImportedKeys.Shape,
            Hash = bound.Hash,
            Masked = bound.Masked,
            Scopes = bound.Wish.Scopes is { } scopes ? (long)scopes : null,
            OwnerKind = bound.Owner.Kind,
            OwnerId = bound.Owner.Id,
            CreatedAt = now,
            ExpiresAt = bound.Wish.Settings.ExpiresAt,
            AllowedCidrs = bound.Wish.Settings.AllowedCidrs,
            RateLimit = bound.Wish.Settings.RateLimit,
            DailyQuota = bound.Wish.Settings.DailyQuota,
            Metadata = bound.Wish.Settings.Metadata,
        };

    [LoggerMessage(
        1104,
        LogLevel.Information,
        "{Count} keys imported into tenant {TenantId} ({Environment})"
    )]
    private static partial void LogImported(
        ILogger log,
        int count,
        string tenantId,
        string environment
    );

    /// <summary>Another import kept one of the texts while this one was at it: nothing of this one is kept.</summary>
    private sealed class TakenMeanwhileException : Exception;
}
