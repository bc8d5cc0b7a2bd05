namespace Sluice.Seal;

/// <summary>Why a sealed value could not be opened.</summary>
public enum SealBreak
{
    /// <summary>It is cut short, or of a format that this program does not know.</summary>
    Format,

    /// <summary>It was sealed with another key than the one it was opened with.</summary>
    Key,

    /// <summary>It, or the associated data it belongs to, is not what was sealed.</summary>
    Authenticity,

    /// <summary>It is whole, and not what the ledger says is in force there: a former value was put back, or the present one taken away.</summary>
    RolledBack,
}

/// <summary>A sealed value did not open. Nothing of its contents was released, and the text names no secret.</summary>
public sealed class SealBrokenException : Exception
{
    /// <summary>Says why.</summary>
    public SealBrokenException(SealBreak reason, Exception? inner = null)
        : base(
            reason switch
            {
                SealBreak.Format => "The sealed value is cut short or of an unknown format.",
                SealBreak.Key => "The sealed value was sealed with another key.",
                SealBreak.RolledBack =>
                    "The sealed value is not the one that the ledger says is in force.",
                _ => "The sealed value or what it belongs to was changed.",
            },
            inner
        ) => Reason = reason;

    /// <summary>Why the value did not open.</summary>
    public SealBreak Reason { get; }
}
