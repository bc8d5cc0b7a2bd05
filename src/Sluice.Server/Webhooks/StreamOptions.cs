namespace Sluice.Server.Webhooks;

/// <summary>Settings of the section <c>AuditStreams</c>.</summary>
internal sealed class StreamOptions
{
    /// <summary>How often it is looked whether there is something to deliver. Default 5 seconds: no server asks its store more often while nothing happens.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause after a first failure; each further one is twice as long, with a part of chance. Default 5 seconds.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause. Default 1 hour.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromHours(1);

    /// <summary>After failing for so long a webhook is turned off. Default 3 days.</summary>
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(3);

    /// <summary>Most webhooks of one tenant. Default 10.</summary>
    public int MostOfATenant { get; set; } = 10;

    /// <summary>
    /// The pause after so many failures: at least half of twice the one before, and never more than the longest.
    /// </summary>
    /// <param name="attempts">1 or more.</param>
    /// <param name="chance">0 to 1.</param>
    public TimeSpan PauseAfter(long attempts, double chance)
    {
        var whole = Math.Min(
            LongestPause.TotalMilliseconds,
            FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(attempts - 1, 30))
        );
        return TimeSpan.FromMilliseconds(whole / 2 * (1 + chance));
    }
}
