using System.ComponentModel;
using System.Diagnostics;

namespace Sluice.Cli.Terminals;

/// <summary>The person's browser, where there is a screen for one.</summary>
internal static class Browser
{
    /// <summary>Opens a page; content when it cannot: the address was shown, too.</summary>
    /// <param name="page">With http or https.</param>
    public static void Open(Uri page)
    {
        if (OperatingSystem.IsLinux() && !HasScreen())
            return;
        var start =
            OperatingSystem.IsWindows()
                ? new ProcessStartInfo(page.AbsoluteUri) { UseShellExecute = true }
            : OperatingSystem.IsMacOS() ? Quiet("open", page)
            : Quiet("xdg-open", page);
        try
        {
            using var process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            // There is no such program.
        }
    }

    private static bool HasScreen() =>
        Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 };

    private static ProcessStartInfo Quiet(string program, Uri page) =>
        new(program, [page.AbsoluteUri])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
