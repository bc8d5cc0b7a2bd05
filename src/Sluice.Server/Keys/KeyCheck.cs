using System.Net;
using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>What came of a presented text.</summary>
internal enum KeyFinding
{
    Valid,

    /// <summary>No key of this house: wrong shape, prefix or checksum. The database was not asked.</summary>
    Malformed,

    Unknown,
    Revoked,
    Expired,

    /// <summary>The tenant's other environment; only where an act asks.</summary>
    OtherEnvironment,
    AddressNotAllowed,

    /// <summary>More calls a second than the key may make.</summary>
    RateLimited,

    /// <summary>The key has made all the calls that it may make today.</summary>
    QuotaUsed,

    /// <summary>This address presented too many texts that are no key; the database was not asked.</summary>
    AddressBarred,
}

/// <param name="Key">Who it is, also where the key was refused; null for what is no key.</param>
/// <param name="Limit">The limit that is nearest, where the key has limits.</param>
internal readonly record struct KeyVerdictGiven(
    KeyFinding Finding,
    FoundKey? Key,
    LimitShown? Limit = null
);

/// <summary>
/// Checks a presented key, in this order: checksum, the address's record of bad texts, the database, revocation, expiry,
/// addresses, rate, quota. Whoever asks, a door or an act, asks here.
/// </summary>
internal sealed class KeyCheck(
    KeyLookup lookup,
    KeyMeter meter,
    ImportedKeys imported,
    SharedLimits shared,
    TimeProvider clock,
    IOptions<KeyOptions> options
)
{
    private const long DaySeconds = 86_400;

    private readonly KeyGate _gate = new([options.Value.Prefix, .. options.Value.FormerPrefixes]);
    private readonly TokenBuckets _keys = shared.Of("key");
    private readonly BadTexts _bad = new(shared.Of("bad.key"), options.Value.BadKeysPerMinute);

    /// <summary>The check of a door.</summary>
    /// <param name="text">What was presented.</param>
    /// <param name="address">Who presented it; null when that is not known.</param>
    /// <param name="ahead">The key that the call asks about, where that is known already.</param>
    /// <exception cref="Store.StoreUnavailableException">The database cannot be asked; nobody is let in.</exception>
    public async ValueTask<KeyVerdictGiven> Check(
        string text,
        IPAddress? address,
        KeyAhead? ahead = null
    )
    {
        if (!await MayBeKey(text))
            return new KeyVerdictGiven(KeyFinding.Malformed, null);
        return await CheckHash(KeyText.Hash(text), address, ahead);
    }

    /// <summary>Whether it is worth looking for the key that a call asks about before its body is read.</summary>
    public bool LooksAhead => lookup.IsShared;

    /// <summary>A text to look up together with the caller's, if its checksum says that it is a key.</summary>
    public KeyAhead? Ahead(string? text) =>
        text is not null
        && _gate.Read(text) is { Verdict: KeyVerdict.WellFormed, Shape: not KeyShape.Client }
            ? new KeyAhead(text, KeyText.Hash(text))
            : null;

    /// <summary>The check of a client id with its secret, <c>id:secret</c>, while old credentials are taken.</summary>
    /// <inheritdoc cref="Check"/>
    public async ValueTask<KeyVerdictGiven> CheckPair(string pair, IPAddress? address)
    {
        if (!TakesOld)
            return new KeyVerdictGiven(KeyFinding.Malformed, null);
        return await CheckHash(KeyText.Hash(pair), address);
    }

    private bool TakesOld =>
        options.Value.OldCredentials && !(options.Value.OldCredentialsUntil <= clock.GetUtcNow());

    private async ValueTask<KeyVerdictGiven> CheckHash(
        byte[] hash,
        IPAddress? address,
        KeyAhead? ahead = null
    )
    {
        if (_bad.Bar(hash, address) is { } barred)
        {
            Signals.KeyChecked("barred");
            return new KeyVerdictGiven(KeyFinding.AddressBarred, null, barred);
        }
        var key = await lookup.Find(hash, ahead);
        if (IsOver(key) is { } finding)
        {
            _bad.Note(address);
            return new KeyVerdictGiven(finding, key);
        }
        _bad.Trust(hash);
        return await Let(key!, address);
    }

    /// <summary>The check of a caller who was shown a key: only the caller's tenant has keys.</summary>
    /// <param name="address">Who showed it to the caller; null when that is not known.</param>
    /// <param name="ahead">What was looked up together with the caller's key; of use where it is of this text.</param>
    /// <exception cref="Store.StoreUnavailableException">The database cannot be asked.</exception>
    public async ValueTask<KeyVerdictGiven> CheckFor(
        Caller caller,
        string text,
        IPAddress? address,
        KeyAhead? ahead
    )
    {
        FoundKey? key;
        if (ahead?.Found is { } found && ahead.Text == text)
            key = await found;
        else if (await MayBeKey(text))
            key = await lookup.Find(KeyText.Hash(text));
        else
            return new KeyVerdictGiven(KeyFinding.Unknown, null);
        if (key is null || key.TenantId != caller.TenantId)
            return new KeyVerdictGiven(KeyFinding.Unknown, null);
        if (IsOver(key) is { } finding)
            return new KeyVerdictGiven(finding, key);
        return key.Environment == caller.Environment
            ? await Let(key, address)
            : new KeyVerdictGiven(KeyFinding.OtherEnvironment, key);
    }

    /// <summary>Whether the database is worth asking. A bad checksum of ours never is, whatever was imported.</summary>
    private async ValueTask<bool> MayBeKey(string text)
    {
        var reading = _gate.Read(text);
        var mayBe = reading.Verdict switch
        {
            KeyVerdict.BadChecksum => false,
            KeyVerdict.Malformed => await imported.MayBe(text),
            _ => reading.Shape != KeyShape.Client || TakesOld,
        };
        if (!mayBe)
            Signals.KeyChecked("malformed");
        return mayBe;
    }

    private KeyFinding? IsOver(FoundKey? key)
    {
        KeyFinding? finding =
            key is null ? KeyFinding.Unknown
            : key.Revoked ? KeyFinding.Revoked
            : key.ExpiresAt <= Now() ? KeyFinding.Expired
            : null;
        if (finding is not null)
            Signals.KeyChecked("unknown");
        return finding;
    }

    /// <summary>The key's own conditions.</summary>
    private async ValueTask<KeyVerdictGiven> Let(FoundKey key, IPAddress? address)
    {
        if (key.AllowedCidrs is { } ranges && !AddressRanges.Contain(ranges, address))
            return Refuse(key, address, KeyFinding.AddressNotAllowed, null);
        LimitShown? limit = null;
        if (key.RateLimit is { } rate)
        {
            var state = _keys.Take(key.Id, rate, rate);
            limit = new LimitShown(
                "key",
                rate,
                1,
                state.Remaining,
                state.Taken ? 1 : state.RetryAfter
            );
            if (!state.Taken)
                return Refuse(key, address, KeyFinding.RateLimited, limit);
        }
        if (await meter.LeftToday(key) is { } left)
        {
            var reset = (int)(DaySeconds - Now() / 1000 % DaySeconds);
            var day = new LimitShown("key-day", key.DailyQuota!.Value, DaySeconds, left, reset);
            if (left == 0)
                return Refuse(key, address, KeyFinding.QuotaUsed, day);
            limit ??= day with { Remaining = left - 1 };
        }
        Signals.KeyChecked("valid");
        meter.Called(key, address);
        return new KeyVerdictGiven(KeyFinding.Valid, key, limit);
    }

    private KeyVerdictGiven Refuse(
        FoundKey key,
        IPAddress? address,
        KeyFinding finding,
        LimitShown? limit
    )
    {
        Signals.KeyChecked("limited");
        meter.Refused(key, address);
        return new KeyVerdictGiven(finding, key, limit);
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
