using Microsoft.Extensions.Options;
using Sluice.Server.Keys;

namespace Sluice.Server.Doors;

/// <summary>What an answer's header fields tell the holder of a key: where its limits stand, and that it has grown old.</summary>
internal sealed class KeyFields(TimeProvider clock, IOptions<KeyOptions> options)
{
    /// <summary>From this age on, in days, an answer says how old its key is (seed 003: rotate every 90 days).</summary>
    public const int OldAt = 90;

    private const long DayMs = 86_400_000;

    public void Write(HttpResponse response, KeyOpening opening)
    {
        var given = opening.Given;
        if (opening.IsOld)
            OldCredentials.Mark(response, options.Value);
        given.Limit?.Write(response);
        if (given is not { Finding: KeyFinding.Valid, Key: { } key })
            return;
        var days = (clock.GetUtcNow().ToUnixTimeMilliseconds() - key.CreatedAt) / DayMs;
        if (days >= OldAt)
            response.Headers["Sluice-Key-Age-Days"] = days.ToString();
    }
}
