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

    /// <summary>By the clock's timestamps, when the tenure ends unless it is extended.</summary>
    private long _until = long.MaxValue;

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
    public void Begin(string name) => _tenure = new Tenure(name, this);

    /// <summary>Lets a tenure last for this time from a moment; true when it is a new one.</summary>
    /// <param name="name">Of the tenure.</param>
    /// <param name="from">By the clock's timestamps; however late this is called, it ends no later for that.</param>
    /// <param name="lasts">From that moment.</param>
    public bool Extend(string name, long from, TimeSpan lasts)
    {
        lock (_gate)
        {
            Set(from + Ticks(lasts));
            if (_tenure?.Name == name)
                return false;
            _tenure?.End();
            _tenure = new Tenure(name, this);
            return true;
        }
    }

    /// <summary>Lets it last for this time from now and no longer.</summary>
    public void Shorten(TimeSpan left)
    {
        lock (_gate)
        {
            if (_tenure is not null && left < Left)
                Set(_clock.GetTimestamp() + Ticks(left));
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

    /// <summary>Whether this is the present tenure, and its time is not over; one whose time is over is ended by the question.</summary>
    public bool Holds(Tenure tenure)
    {
        if (Interlocked.Read(ref _until) <= _clock.GetTimestamp())
            RunOut();
        // Whoever ended it may be on the way still to saying so.
        if (_tenure != tenure)
            tenure.End();
        return !tenure.Over.IsCancellationRequested;
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Until its end.</summary>
    private TimeSpan Left =>
        _until == long.MaxValue
            ? TimeSpan.MaxValue
            : _clock.GetElapsedTime(_clock.GetTimestamp(), _until);

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _clock.TimestampFrequency);

    private void Set(long until)
    {
        Interlocked.Exchange(ref _until, until);
        _timer.Change(
            Left is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan
        );
    }

    private void RunOut()
    {
        Tenure? ended;
        lock (_gate)
        {
            if (_tenure is null)
                return;
            // It may have been extended while the timer was on its way here.
            if (Left is var left && left > TimeSpan.Zero)
            {
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
            (ended, _tenure) = (_tenure, null);
        }
        _over();
        ended.End();
    }
}
