using System.Runtime.InteropServices;

namespace Sluice.Language.Flows;

internal enum NodeStatus : byte
{
    /// <summary>Its join is not decided.</summary>
    Waiting,
    Started,
    Succeeded,
    Failed,
    NotTaken,
}

internal enum EdgeStatus : byte
{
    Waiting,
    Taken,
    NotTaken,
    Failed,
}

/// <summary>What is known of an edge.</summary>
/// <param name="Held">The decision counts only when the loop that the edge leaves is over: another visit may decide otherwise.</param>
[StructLayout(LayoutKind.Auto)]
internal record struct EdgeSlot(EdgeStatus Status, bool Held);

/// <summary>One call of a placement.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct CallSlot
{
    /// <summary>The attempt that is open; null before and after.</summary>
    public PendingCall? Call;

    /// <summary>The attempt that was opened last, also when it is over.</summary>
    public PendingCall? Last;

    public bool HandedOut;

    public void Close()
    {
        Call = null;
        HandedOut = false;
    }
}

/// <summary>What is known of a placement, for the visit that it is in.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct NodeSlot
{
    public NodeStatus Status;

    /// <summary>Set by a loop edge that leads here: the next start needs no join.</summary>
    public bool Revisited;

    public int Visit;

    /// <summary>Entering edges that are not decided.</summary>
    public int Undecided;

    /// <summary>The edge that an XOR started with; -1 for none.</summary>
    public int Chosen;

    public CallSlot Call;

    public FanOutCalls? FanOut;

    /// <summary>What its edges carry: its message when it succeeded, the error when it failed.</summary>
    public ReadOnlyMemory<byte> Given;

    /// <summary>Why it failed.</summary>
    public FlowFault? Fault;
}

/// <summary>The calls of one visit of a placement with a fan-out.</summary>
internal sealed class FanOutCalls(IReadOnlyList<ReadOnlyMemory<byte>> items)
{
    public IReadOnlyList<ReadOnlyMemory<byte>> Items { get; } = items;

    public CallSlot[] Calls { get; } = new CallSlot[items.Count];

    public ItemResult[] Results { get; } = new ItemResult[items.Count];

    /// <summary>The first item that was not opened.</summary>
    public int Next { get; set; }

    /// <summary>Items that are open, waits between attempts among them.</summary>
    public int Running { get; set; }
}
