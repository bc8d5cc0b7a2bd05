namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Ends the tenure of this server by itself when nobody extends it: when the database cannot be reached, and also when
/// whoever should ask it hangs.
/// </summary>
internal sealed class Leash : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly Action _over;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private volatile Tenure? _tenure;
    private long _from;
    private TimeSpan _left = Timeout.InfiniteTimeSpan;

    /// <param name="clock">That does not stop when the runs' clock does.</param>
    /// <param name="over">Told when a tenure has ended by itself.</param>
    public Leash(TimeProvider clock, Action over)
    {
        (_clock, _over) = (clock, over);
        _timer = clock.CreateTimer(
            static self => ((Leash)self!).RunOut(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>The present one; null: there is none.</summary>
    public Tenure? Tenure => _tenure;

    /// <summary>Begins a tenure that ends when it is cut.</summary>
    public void Begin(string name) => _tenure = new Tenure(name);

    /// <summary>Lets a tenure last for this time from now; true when it is a new one.</summary>
    public bool Extend(string name, TimeSpan left)
    {
        lock (_gate)
        {
            Set(left);
            if (_tenure?.Name == name)
                return false;
            _tenure?.End();
            _tenure = new Tenure(name);
            return true;
        }
    }

    /// <summary>Lets it last for this time from now and no longer.</summary>
    public void Shorten(TimeSpan left)
    {
        lock (_gate)
        {
            if (_tenure is not null && left < _left - _clock.GetElapsedTime(_from))
                Set(left);
        }
    }

    /// <summary>Ends it.</summary>
    public void Cut()
    {
        Tenure? ended;
        lock (_gate)
            (ended, _tenure) = (_tenure, null);
        ended?.End();
    }

    public void Dispose() => _timer.Dispose();

    private void Set(TimeSpan left)
    {
        (_from, _left) = (_clock.GetTimestamp(), left > TimeSpan.Zero ? left : TimeSpan.Zero);
        _timer.Change(_left, Timeout.InfiniteTimeSpan);
    }

    private void RunOut()
    {
        Tenure? ended;
        lock (_gate)
        {
            if (_tenure is null)
                return;
            // It may have been extended while the timer was on its way here.
            if (_left - _clock.GetElapsedTime(_from) is var left && left > TimeSpan.Zero)
            {
                Set(left);
                return;
            }
            (ended, _tenure) = (_tenure, null);
        }
        _over();
        ended.End();
    }
}
