using System.Diagnostics.CodeAnalysis;

namespace Sluice.Server.Flows.Runs;

/// <summary>A time during which this server may carry runs, under one name.</summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "It has no timer, and runs may look at it until the process ends."
)]
internal sealed class Tenure(string name, Leash leash)
{
    private readonly CancellationTokenSource _over = new();

    /// <summary>The name on the runs that it carries.</summary>
    public string Name => name;

    /// <summary>Whoever works on a run stops then: from now on others may have it.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>
    /// Whether it lasts at this moment, by the clock and not by a timer: in a process that stood still, what was about to
    /// be done goes on before the timers do. Ask before anything is done that must not be done twice.
    /// </summary>
    public bool Lasts => leash.Holds(this);

    public void End() => _over.Cancel();
}
