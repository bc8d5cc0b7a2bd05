namespace Sluice.Language.Packages;

/// <summary>What a package archive may hold.</summary>
public static class ArchiveLimits
{
    /// <summary>Files.</summary>
    public const int Files = 2_000;

    /// <summary>Bytes of all files together, unpacked.</summary>
    public const long Unpacked = 64L * 1024 * 1024;

    /// <summary>Entries of the archive of any kind; folders and headers count here alone.</summary>
    internal const int Entries = 3 * Files;

    /// <summary>Bytes of the unpacked tar: the files, and what a tar may spend on headers and padding.</summary>
    internal const long Stream = Unpacked + 2048L * Entries;
}
