using System.Text.Json;
using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Outbound;

namespace Sluice.Server.Keys.Leaks;

/// <summary>
/// The reporter's public keys, by their identifiers, kept in memory: read again when a day old, and for an unknown identifier at most once
/// a minute, whoever asks. While they cannot be read, those that were read go on to be trusted.
/// </summary>
internal sealed partial class LeakKeys(
    SettingsDocument document,
    IOptions<LeakOptions> options,
    TimeProvider clock,
    ILogger<LeakKeys> log
) : IDisposable
{
    private const int Most = 100;

    private static readonly TimeSpan Fresh = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1);
    private Dictionary<string, ReportKey>? _keys;
    private long _read;
    private long? _tried;

    /// <summary>Whether the operator has named any.</summary>
    public bool IsOn => options.Value.PublicKeys is not null;

    /// <summary>The key; null where the reporter has none of this name. Not known: none could ever be read.</summary>
    public async Task<(ReportKey? Key, bool Known)> Find(string identifier, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            var isFresh = _keys is not null && clock.GetElapsedTime(_read) < Fresh;
            var mayTry = _tried is not { } tried || clock.GetElapsedTime(tried) >= BetweenTries;
            if (mayTry && (!isFresh || !_keys!.ContainsKey(identifier)))
                await Read(stop);
            return (_keys?.GetValueOrDefault(identifier), _keys is not null);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task Read(CancellationToken stop)
    {
        var (bytes, trouble) = await document.Read(options.Value.PublicKeys!, stop);
        var now = clock.GetTimestamp();
        _tried = now;
        if (bytes is not null && Parse(bytes) is { Count: > 0 } keys)
        {
            (_keys, _read) = (keys, now);
            LogRead(log, keys.Count);
            return;
        }
        LogTrouble(log, trouble ?? "The document of Leaks:PublicKeys holds no P-256 key.");
    }

    private static Dictionary<string, ReportKey>? Parse(byte[] bytes)
    {
        try
        {
            var document = JsonSerializer.Deserialize(bytes, LeakJson.Default.LeakKeyDocument);
            var keys = new Dictionary<string, ReportKey>(StringComparer.Ordinal);
            foreach (var each in document?.PublicKeys?.Take(Most) ?? [])
            {
                if (
                    each is { KeyIdentifier: { } name, Key: { } pem }
                    && ReportKey.Read(pem) is { } key
                )
                    keys[name] = key;
            }
            return keys;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(1105, LogLevel.Information, "{Count} keys that sign reports of leaks were read")]
    private static partial void LogRead(ILogger log, int count);

    [LoggerMessage(
        1106,
        LogLevel.Warning,
        "The keys that sign reports of leaks could not be read: {Trouble}"
    )]
    private static partial void LogTrouble(ILogger log, string trouble);
}

/// <summary>The document as GitHub publishes it; what else it holds is not looked at.</summary>
internal sealed record LeakKeyDocument(IReadOnlyList<LeakPublicKey?>? PublicKeys);

/// <param name="Key">SubjectPublicKeyInfo in PEM.</param>
internal sealed record LeakPublicKey(string? KeyIdentifier, string? Key);
