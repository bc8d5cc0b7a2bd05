using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Sluice.Server.Vocabulary;

namespace Sluice.Console.Tests;

/// <summary>No page is forgotten by those who walk them all, and each works where no script runs.</summary>
public sealed partial class EveryPageTests(Browser browser)
{
    /// <summary>What a page has that only a script could do anything with, and that is to be seen nevertheless.</summary>
    private const string NeedsScript = """
        () => [...document.querySelectorAll('button[type=button], [href^="#"]:not(.skip), [onclick]')]
          .filter(each => each.checkVisibility() && !each.hasAttribute('popovertarget')
            && !(each.hash && document.getElementById(each.hash.slice(1))))
          .map(each => each.outerHTML.slice(0, 120))
        """;

    [Fact]
    public async Task Every_route_of_the_console_is_a_page_that_is_walked()
    {
        var walked = await ConsolePaths.Of(await browser.World);
        var routes =
            from endpoint in browser
                .House.Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
            where endpoint.Metadata.GetMetadata<PageRoute>() is not null
            where endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET")
            select "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
        var forgotten = routes
            .Except(ConsolePaths.NoPages)
            .Where(route =>
            {
                var shape = new Regex(
                    $"^{Parameter().Replace(Regex.Escape(route).Replace("\\{", "{"), "[^/?]+")}($|\\?)",
                    RegexOptions.None,
                    TimeSpan.FromSeconds(1)
                );
                return !walked.Concat(ConsolePaths.WalkedElsewhere).Any(shape.IsMatch);
            });
        Assert.Empty(forgotten);
    }

    [Fact]
    public async Task Every_page_is_whole_without_script()
    {
        var world = await browser.World;
        await using var window = await browser.Open(390, scripts: false);
        await window.SignIn(world.Owner);
        var wrong = new List<string>();
        foreach (var path in await ConsolePaths.Of(world))
        {
            var answer = await window.Page.GotoAsync(
                path,
                new() { WaitUntil = WaitUntilState.DOMContentLoaded }
            );
            var expected = path.EndsWith("-of-the-sort", StringComparison.Ordinal) ? 404 : 200;
            if (answer!.Status != expected)
                wrong.Add($"{path}: {answer.Status}");
            // This one shows what a script adds, too.
            if (path.EndsWith("/_components", StringComparison.Ordinal))
                continue;
            if (await window.Page.Locator("h1:visible").CountAsync() != 1)
                wrong.Add($"{path}: has no heading");
            foreach (var thing in await window.Page.EvaluateAsync<string[]>(NeedsScript))
                wrong.Add($"{path}: {thing}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [GeneratedRegex(@"\{\**[a-z]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
