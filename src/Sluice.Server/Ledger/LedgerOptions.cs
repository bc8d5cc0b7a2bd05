namespace Sluice.Server.Ledger;

/// <summary>Settings of the section <c>Ledger</c>.</summary>
internal sealed class LedgerOptions
{
    /// <summary>Days for which entries are kept; 0 (the default) keeps them for ever, else 7 to 36500.</summary>
    public int RetentionDays { get; set; }

    /// <summary>How often ledgers that have grown are signed, and entries whose time is over are removed. Default 1 hour.</summary>
    public TimeSpan SignEvery { get; set; } = TimeSpan.FromHours(1);
}
