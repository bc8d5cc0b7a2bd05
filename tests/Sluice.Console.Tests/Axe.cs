using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Sluice.Console.Tests;

/// <summary>axe-core, from the package that carries it: what keeps people with impairments from using a page.</summary>
internal static class Axe
{
    private static readonly string Script = Read();

    /// <summary>Brings axe-core into a page.</summary>
    public static Task Open(IPage page) => page.EvaluateAsync(Script);

    /// <summary>What is serious, each with the elements that it is about.</summary>
    /// <param name="page">One that it was brought into.</param>
    /// <param name="coloursOnly">For a second scheme, in which only the colours are others.</param>
    public static async Task<IReadOnlyList<string>> Findings(IPage page, bool coloursOnly)
    {
        var found = await page.EvaluateAsync<JsonElement>(
            """
            async colours => {
              const options = { resultTypes: ['violations'] };
              if (colours) options.runOnly = ['color-contrast'];
              const { violations } = await axe.run(options);
              return violations
                .filter(each => each.impact === 'serious' || each.impact === 'critical')
                .map(each => `${each.id}: ${each.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' ; ')}`);
            }
            """,
            coloursOnly
        );
        return [.. found.EnumerateArray().Select(each => each.GetString()!)];
    }

    private static string Read()
    {
        var assembly = typeof(AxeResult).Assembly;
        var name = assembly
            .GetManifestResourceNames()
            .Single(each => each.EndsWith("axe.min.js", StringComparison.Ordinal));
        using var stream = assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
