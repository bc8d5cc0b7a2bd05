using System.Collections.Concurrent;

namespace Sluice.Server.Vocabulary;

/// <summary>
/// Token buckets by name, in this server's memory: each fills at a rate and holds no more than a burst. Those of
/// <see cref="SharedLimits"/> tell the other servers, behind the requests, what was taken, and learn it of them.
/// </summary>
internal sealed class TokenBuckets(TimeProvider clock, SharedLimits? shared = null)
{
    // What is less than so much of a limit in a second is not worth telling.
    private const double WorthTelling = 1.0 / 32;

    private const int LongestTold = 300;

    // Where so many have been named, those that are full again are forgotten.
    private const int SweepAt = 50_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new();
    private readonly ConcurrentQueue<string> _changed = new();
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
                Note(name, bucket, 1);
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
            Note(name, bucket, -1);
        }
    }

    /// <summary>What was taken here since this was asked last, where it is worth telling.</summary>
    public IEnumerable<TakenTokens> Drain()
    {
        var told = new List<TakenTokens>();
        for (var left = _changed.Count; left > 0 && _changed.TryDequeue(out var name); left--)
        {
            if (!_buckets.TryGetValue(name, out var bucket))
                continue;
            lock (bucket)
            {
                var taken = bucket.Drain();
                if (
                    name.Length <= LongestTold
                    && Math.Abs(taken.Count) >= (taken.Rate + taken.Burst) * WorthTelling
                )
                    told.Add(taken with { Name = name });
            }
        }
        return told;
    }

    /// <summary>Another server took so many.</summary>
    public void Learn(TakenTokens taken)
    {
        var bucket = _buckets.GetOrAdd(
            taken.Name,
            static (_, full) => new Bucket(full),
            taken.Burst
        );
        lock (bucket)
        {
            bucket.Fill(clock, taken.Rate, taken.Burst);
            bucket.Tokens = Math.Min(bucket.Tokens - taken.Count, taken.Burst);
        }
    }

    // Within the bucket's lock.
    private void Note(string name, Bucket bucket, int count)
    {
        if (shared is { IsOn: true } && bucket.Note(count))
            _changed.Enqueue(name);
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

        private int _untold;
        private bool _isTold = true;

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

        /// <summary>Whether it is the first since it was drained.</summary>
        public bool Note(int count)
        {
            _untold += count;
            var first = _isTold;
            _isTold = false;
            return first;
        }

        public TakenTokens Drain()
        {
            var taken = new TakenTokens("", "", _untold, _rate, _burst);
            (_untold, _isTold) = (0, true);
            return taken;
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

/// <summary>What one server took of a limit.</summary>
/// <param name="Family">Which limit.</param>
/// <param name="Name">Of the bucket.</param>
/// <param name="Count">Tokens; less than 0 when more were given back.</param>
/// <param name="Rate">Tokens that come back in a second.</param>
/// <param name="Burst">Most tokens at once.</param>
internal sealed record TakenTokens(
    string Family,
    string Name,
    int Count,
    double Rate,
    double Burst
);
