using Microsoft.Playwright;

namespace Sluice.Console.Tests;

/// <summary>Pictures of pages for people to look at; taken where <c>SLUICE_SCREENSHOTS</c> names a folder.</summary>
internal static class Screenshots
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable(
        "SLUICE_SCREENSHOTS"
    );

    public static async Task Take(IPage page, string name, int width, ColorScheme scheme)
    {
        if (Folder is null)
            return;
        // Ids differ from run to run; a picture's name does not.
        var file = string.Join(
            '-',
            name.Split('/', '?', '=')
                .Where(part => part.Length > 0)
                .Select(part =>
                    part.Length == 26
                        ? "one"
                        : string.Concat(
                            part.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                        )
                )
        );
        await page.ScreenshotAsync(
            new()
            {
                Path = Path.Combine(
                    Folder,
                    $"{file}-{width}-{scheme.ToString().ToLowerInvariant()}.png"
                ),
                FullPage = true,
            }
        );
    }
}
