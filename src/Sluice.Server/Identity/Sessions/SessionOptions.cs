namespace Sluice.Server.Identity.Sessions;

/// <summary>Settings of the section <c>Sessions</c>.</summary>
internal sealed class SessionOptions
{
    /// <summary>
    /// The cookie's name. Default <c>__Host-sluice_session</c>; a name without <c>__Host-</c> gives up that browsers themselves hold
    /// the cookie to this one host.
    /// </summary>
    public string Cookie { get; set; } = SessionCookie.Usual;

    /// <summary>How long it lasts at most, used or not; 1 minute to 30 days. Default 24 hours.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long it lasts without being used; 1 minute to <see cref="Lifetime"/>. Default 2 hours.</summary>
    public TimeSpan Idle { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Tries to sign in that may fail in a minute, from an address and for an account; 1 or more. Default 5.</summary>
    public int FailuresPerMinute { get; set; } = 5;

    /// <summary>Whether all of it can be.</summary>
    public bool IsGood() =>
        Cookie.Length is >= 1 and <= 100
        && Cookie.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
        && Lifetime >= TimeSpan.FromMinutes(1)
        && Lifetime <= TimeSpan.FromDays(30)
        && Idle >= TimeSpan.FromMinutes(1)
        && Idle <= Lifetime
        && FailuresPerMinute >= 1;
}
