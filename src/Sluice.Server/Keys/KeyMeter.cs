using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Counts what keys are used for, and writes it behind the requests, in batches: calls and refusals a day, the last
/// address, and, at most once a minute for each key, its last use (seed 002). Losing a batch at a crash costs a second of
/// counting. A daily quota is checked against what all servers have written and what this one has still to write.
/// </summary>
internal sealed partial class KeyMeter(Database database, TimeProvider clock, ILogger<KeyMeter> log)
    : BackgroundService
{
    /// <summary>Milliseconds from a write to the next while keys are used; the first use after a rest is written at once.</summary>
    public const int FlushMs = 1000;

    private const long MinuteMs = 60_000;
    private const long DayMs = 86_400_000;
    private const int MostInOneWrite = 256;

    // A tally that has counted nothing for so many flushes is forgotten.
    private const int IdleFlushes = 120;

    private readonly ConcurrentDictionary<string, Tally> _tallies = new();
    private readonly Channel<bool> _something = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    // Whether it was told that there is something: calls come by the thousand, and telling takes a lock that all would wait for.
    private int _told;

    /// <summary>A call was let in.</summary>
    public void Called(FoundKey key, IPAddress? address) => Count(key, address, refused: false);

    /// <summary>A call with a good key was refused for the key's own limits or addresses.</summary>
    public void Refused(FoundKey key, IPAddress? address) => Count(key, address, refused: true);

    /// <summary>Calls that are left of the key's daily quota; null where it has none.</summary>
    /// <exception cref="StoreUnavailableException">What was used today cannot be asked; nobody is let in on a guess.</exception>
    public async ValueTask<long?> LeftToday(FoundKey key)
    {
        if (key.DailyQuota is not { } quota)
            return null;
        var day = Today();
        var tally = Of(key);
        long? known;
        lock (tally)
            known = tally.KnownToday(day);
        if (known is null)
        {
            var stored = await database.Read(session =>
                KeyUsageStore.Calls(session, key.TenantId, key.Id, day)
            );
            lock (tally)
                known = tally.Learn(day, stored);
        }
        return Math.Max(0, quota - known.Value);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _something.Reader.ReadAsync(stoppingToken);
                // Before the tallies are looked at: who counts after that look tells again.
                Interlocked.Exchange(ref _told, 0);
                await Flush();
                await Task.Delay(TimeSpan.FromMilliseconds(FlushMs), clock, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            await Flush();
        }
    }

    private void Count(FoundKey key, IPAddress? address, bool refused)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        while (true)
        {
            var tally = Of(key);
            lock (tally)
            {
                if (tally.Forgotten)
                    continue;
                tally.Add(now / DayMs, now, refused, address, key.LastUsedAt);
            }
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _told) == 0 && Interlocked.Exchange(ref _told, 1) == 0)
                _something.Writer.TryWrite(true);
            return;
        }
    }

    private Tally Of(FoundKey key) =>
        _tallies.GetOrAdd(key.Id, static (id, tenant) => new Tally(tenant, id), key.TenantId);

    private long Today() => clock.GetUtcNow().ToUnixTimeMilliseconds() / DayMs;

    // Not broken off when the server stops: what was taken from the tallies would be lost.
    private async Task Flush()
    {
        var batch = new List<(Tally Tally, KeyUse Use)>();
        foreach (var (id, tally) in _tallies)
        {
            lock (tally)
            {
                if (tally.Take() is { } use)
                    batch.Add((tally, use));
                else if (++tally.Idle > IdleFlushes && _tallies.TryRemove(id, out _))
                    tally.Forgotten = true;
            }
        }
        foreach (var part in batch.Chunk(MostInOneWrite))
            await Write(part);
    }

    private async Task Write((Tally Tally, KeyUse Use)[] part)
    {
        try
        {
            var totals = await database.Write(async session =>
            {
                var there = await TenantTables.Hold(
                    session,
                    [.. part.Select(each => each.Use.TenantId).Distinct()]
                );
                var calls = new long[part.Length];
                for (var i = 0; i < part.Length; i++)
                {
                    if (there.Contains(part[i].Use.TenantId))
                        calls[i] = await KeyUsageStore.Add(session, part[i].Use);
                }
                return calls;
            });
            for (var i = 0; i < part.Length; i++)
            {
                var (tally, use) = part[i];
                lock (tally)
                    tally.Written(use, totals[i]);
            }
        }
        catch (StoreUnavailableException)
        {
            LogLost(log, part.Length);
        }
    }

    [LoggerMessage(1190, LogLevel.Warning, "The use of {Count} keys could not be written")]
    private static partial void LogLost(ILogger log, int count);

    /// <summary>What one key did since the last write, and what all servers have written of its day.</summary>
    private sealed class Tally(string tenant, string id)
    {
        private long _day;
        private long _calls;
        private long _refusals;
        private long _flying;
        private long? _stored;
        private long _lastAt;
        private long? _lastWritten;
        private IPAddress? _address;

        public int Idle;

        public bool Forgotten;

        public void Add(long day, long now, bool refused, IPAddress? address, long? lastKnown)
        {
            // What was not written before midnight is counted with the first second after it.
            if (day != _day)
                (_day, _stored, _flying) = (day, null, 0);
            _lastWritten = Math.Max(lastKnown ?? 0, _lastWritten ?? 0);
            Idle = 0;
            if (refused)
            {
                // Where it was refused, it was not used: a stranger's address must not stand for the holder's.
                _refusals++;
                return;
            }
            (_calls, _lastAt) = (_calls + 1, now);
            if (address is not null)
                _address = address;
        }

        public long? KnownToday(long day) =>
            day == _day && _stored is { } stored ? stored + _flying + _calls : null;

        public long Learn(long day, long stored)
        {
            if (day != _day)
                (_day, _stored, _flying) = (day, null, 0);
            _stored ??= stored;
            return _stored.Value + _flying + _calls;
        }

        public KeyUse? Take()
        {
            if (_calls == 0 && _refusals == 0)
                return null;
            var use = new KeyUse
            {
                TenantId = tenant,
                KeyId = id,
                Day = _day,
                Calls = _calls,
                Refusals = _refusals,
                LastAt = _calls > 0 && _lastAt - _lastWritten >= MinuteMs ? _lastAt : null,
                Address = _address is null ? null : Addresses.Show(_address),
            };
            (_flying, _calls, _refusals) = (_flying + _calls, 0, 0);
            return use;
        }

        public void Written(KeyUse use, long total)
        {
            if (use.LastAt is { } at)
                _lastWritten = at;
            if (use.Day != _day)
                return;
            _flying -= use.Calls;
            if (_stored is not null)
                _stored = total;
        }
    }
}
