using System.Diagnostics.Metrics;

namespace Sluice.Server.Tests.Store;

/// <summary>How many writes the thread of one embedded store counts as committed; other tests write meanwhile.</summary>
internal sealed class CountedWrites : IDisposable
{
    private readonly MeterListener _listener;
    private int _writer;
    private long _counted;

    public CountedWrites()
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "sluice.store.writes")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<long>(
            (_, measured, _, _) =>
            {
                if (Environment.CurrentManagedThreadId == Volatile.Read(ref _writer))
                    Interlocked.Add(ref _counted, measured);
            }
        );
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _counted);

    /// <summary>From now on what this thread commits is counted: to be called in a write.</summary>
    public void BeginHere() => Volatile.Write(ref _writer, Environment.CurrentManagedThreadId);

    public void Dispose() => _listener.Dispose();
}
