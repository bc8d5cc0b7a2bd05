namespace Sluice.Server.Secrets;

/// <summary>Settings of the section <c>Secrets</c>.</summary>
internal sealed class SecretOptions
{
    /// <summary>File of the master key; made at the first start. Default <c>{data}/master.key</c>. Not used while <c>SLUICE_MASTER_KEY</c> is set.</summary>
    public string? MasterKeyFile { get; set; }

    /// <summary>Most names in one environment of a tenant, and most overrides of one config. Default 1000.</summary>
    public int MostNames { get; set; } = 1000;

    /// <summary>Rows that one step of a rotation takes: 1 to 1000. Default 100.</summary>
    public int RotationBatch { get; set; } = 100;

    /// <summary>How long an ended value stays even when no run has pinned it: time for a run that has just pinned to be written down. Default 10 minutes.</summary>
    public TimeSpan KeepEnded { get; set; } = TimeSpan.FromMinutes(10);
}
