using System.Collections.Concurrent;

namespace Sluice.Server.Vocabulary;

/// <summary>
/// Token buckets by name, in this server's memory: each fills at a rate and holds no more than a burst. Several servers
/// each count for themselves, so that what passes in all is at most the number of servers times the limit.
/// </summary>
internal sealed class TokenBuckets(TimeProvider clock)
{
    // Where so many have been named, those that are full again are forgotten.
    private const int SweepAt = 50_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new();
    private int _sweepAt = SweepAt;

    /// <summary>Takes a token.</summary>
    /// <param name="rate">Tokens that come back in a second, more than 0.</param>
    /// <param name="burst">Most tokens at once, at least 1.</param>
    public BucketState Take(string name, double rate, double burst)
    {
        while (true)
        {
            var bucket = _buckets.GetOrAdd(name, static (_, full) => new Bucket(full), burst);
            lock (bucket)
            {
                if (bucket.Forgotten)
                    continue;
                bucket.Fill(clock, rate, burst);
                if (bucket.Tokens < 1)
                    return new BucketState(false, 0, (1 - bucket.Tokens) / rate);
                bucket.Tokens--;
                if (_buckets.Count >= _sweepAt)
                    Sweep();
                return new BucketState(true, (long)bucket.Tokens, 0);
            }
        }
    }

    /// <summary>Whether a token is there, which is left where it is.</summary>
    public BucketState Look(string name, double rate, double burst)
    {
        if (!_buckets.TryGetValue(name, out var bucket))
            return new BucketState(true, (long)burst, 0);
        lock (bucket)
        {
            bucket.Fill(clock, rate, burst);
            return bucket.Tokens >= 1
                ? new BucketState(true, (long)bucket.Tokens, 0)
                : new BucketState(false, 0, (1 - bucket.Tokens) / rate);
        }
    }

    /// <summary>Gives a token back: what was taken for was not what is counted.</summary>
    public void Return(string name, double rate, double burst)
    {
        if (!_buckets.TryGetValue(name, out var bucket))
            return;
        lock (bucket)
        {
            bucket.Fill(clock, rate, burst);
            bucket.Tokens = Math.Min(bucket.Tokens + 1, burst);
        }
    }

    private void Sweep()
    {
        foreach (var (name, bucket) in _buckets)
        {
            // One that is in use right now is not full; nobody waits here for another's lock.
            if (!Monitor.TryEnter(bucket))
                continue;
            try
            {
                if (bucket.IsFull(clock) && _buckets.TryRemove(name, out _))
                    bucket.Forgotten = true;
            }
            finally
            {
                Monitor.Exit(bucket);
            }
        }
        _sweepAt = Math.Max(SweepAt, _buckets.Count * 2);
    }

    private sealed class Bucket(double full)
    {
        private long? _at;
        private double _rate;
        private double _burst = full;

        public double Tokens = full;

        public bool Forgotten;

        public void Fill(TimeProvider clock, double rate, double burst)
        {
            var now = clock.GetTimestamp();
            if (_at is { } before)
                Tokens += clock.GetElapsedTime(before, now).TotalSeconds * rate;
            Tokens = Math.Min(Tokens, burst);
            (_at, _rate, _burst) = (now, rate, burst);
        }

        public bool IsFull(TimeProvider clock) =>
            _at is { } before
            && Tokens + clock.GetElapsedTime(before).TotalSeconds * _rate >= _burst;
    }
}

/// <summary>What a bucket said.</summary>
/// <param name="Taken">Whether there was a token.</param>
/// <param name="Remaining">Whole tokens that are left.</param>
/// <param name="Wait">Seconds until there is one; 0 when there was.</param>
internal readonly record struct BucketState(bool Taken, long Remaining, double Wait)
{
    /// <summary>Whole seconds to wait, for <c>Retry-After</c>.</summary>
    public int RetryAfter => Math.Max(1, (int)Math.Ceiling(Wait));
}
