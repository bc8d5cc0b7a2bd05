namespace Sluice.Runner;

/// <summary>What a node can tell.</summary>
public enum NoteKind
{
    /// <summary>One that this version does not know.</summary>
    Unknown = 0,

    /// <summary>How far the call is.</summary>
    Progress = 1,

    /// <summary>Something has happened.</summary>
    Event = 2,

    /// <summary>Something is counted.</summary>
    Counter = 3,

    /// <summary>Something is measured.</summary>
    Histogram = 4,
}

/// <summary>Something that a node tells during its call, and waits for no answer to. All of it is hostile input.</summary>
/// <param name="Name">Of an event or metric; of progress its message.</param>
/// <param name="Value">Of a metric; of progress a share from 0 to 1. Any number, also none.</param>
public sealed record NodeNote(
    NoteKind Kind,
    string Name,
    double Value,
    IReadOnlyDictionary<string, string> Attributes
);
