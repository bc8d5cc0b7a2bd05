namespace Sluice.Server.Webhooks;

/// <summary>Rung on the server on which a webhook was made or turned on: while there is none, nobody looks for what it is owed.</summary>
internal sealed class StreamBell
{
    private int _rung = 1;

    public void Ring() => Interlocked.Exchange(ref _rung, 1);

    /// <summary>Whether it was rung since this was asked last.</summary>
    public bool WasRung() => Interlocked.Exchange(ref _rung, 0) == 1;
}
