using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>
/// Tries that failed, for an address and for an account: so many in a minute, then none is looked at. A try is counted when it begins
/// and given back when it was right, so that many at once are no way around. Who was let in here before is counted apart for that
/// account: a stranger's guesses do not shut the person out.
/// </summary>
internal sealed class SignInLimits(SharedLimits shared, IOptions<SessionOptions> options)
{
    private const int MostKnown = 100_000;

    /// <summary>Wrong codes beside a right password, in an hour, for each failure that a minute allows: six digits are soon guessed.</summary>
    private const double CodesPerHour = 4;

    private readonly TokenBuckets _addresses = shared.Of("sign-in.address");
    private readonly TokenBuckets _accounts = shared.Of("sign-in.account");
    private readonly TokenBuckets _codes = shared.Of("sign-in.code");
    private readonly ConcurrentDictionary<string, byte> _known = new();

    private double Burst => options.Value.FailuresPerMinute;

    private double CodeBurst => Burst * CodesPerHour;

    /// <summary>Begins a try.</summary>
    /// <param name="address">Where it comes from.</param>
    /// <param name="account">What names the account, as it was asked for; any text.</param>
    /// <param name="limit">What there is none left of, when there is no try left.</param>
    /// <param name="withCode">Whether it is a code that is tried: of these an hour has fewer.</param>
    /// <returns>The try; null when there is none left.</returns>
    public SignInTry? Begin(
        IPAddress? address,
        string account,
        out LimitShown? limit,
        bool withCode = false
    )
    {
        var from = Addresses.Name(address);
        var pair = $"{account}\n{from}";
        // Other servers are told of it, and what a person types there may be anything.
        var counted = Convert.ToBase64String(
            TokenText.Hash(_known.ContainsKey(pair) ? pair : account)
        );
        var ofAddress = _addresses.Take(from, Burst / 60, Burst);
        limit = null;
        if (!ofAddress.Taken)
        {
            limit = LimitShown.Empty("sign-in", Burst, 60, ofAddress);
            return null;
        }
        var ofAccount = _accounts.Take(counted, Burst / 60, Burst);
        if (!ofAccount.Taken)
        {
            _addresses.Return(from, Burst / 60, Burst);
            limit = LimitShown.Empty("sign-in", Burst, 60, ofAccount);
            return null;
        }
        var tried = new SignInTry(this, from, counted, pair, withCode);
        if (withCode && _codes.Take(counted, CodeBurst / 3600, CodeBurst) is { Taken: false } none)
        {
            Return(tried with { WithCode = false });
            limit = LimitShown.Empty("sign-in-code", CodeBurst, 3600, none);
            return null;
        }
        return tried;
    }

    internal void Return(SignInTry tried)
    {
        _addresses.Return(tried.Address, Burst / 60, Burst);
        _accounts.Return(tried.Account, Burst / 60, Burst);
        if (tried.WithCode)
            _codes.Return(tried.Account, CodeBurst / 3600, CodeBurst);
    }

    internal void Good(SignInTry good)
    {
        Return(good);
        if (_known.TryAdd(good.Pair, 0) && _known.Count > MostKnown)
            _known.Clear();
    }
}

/// <summary>A try that has begun; it has failed unless it is said to be good.</summary>
internal sealed record SignInTry(
    SignInLimits Limits,
    string Address,
    string Account,
    string Pair,
    bool WithCode
)
{
    public void WasGood() => Limits.Good(this);

    /// <summary>It was right as far as it went, and there is more to show: it does not count, and nobody is known here for it.</summary>
    public void GiveBack() => Limits.Return(this);
}
