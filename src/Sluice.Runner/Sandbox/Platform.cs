using System.Runtime.InteropServices;

namespace Sluice.Runner.Sandbox;

/// <summary>Where this runner can work at all.</summary>
internal static class Platform
{
    /// <summary>Null where it can; otherwise one public sentence.</summary>
    public static string? WhyNot =>
        !OperatingSystem.IsLinux() ? "Nodes run on Linux only."
        : RuntimeInformation.ProcessArchitecture != Architecture.X64
            ? "Nodes run on x86-64 only: the system call filter has no table for this processor yet."
        : null;
}
