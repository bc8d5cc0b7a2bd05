using System.Collections.Frozen;
using Sluice.Server.Vocabulary;

namespace Sluice.Server;

/// <summary><c>/errors/{code}</c>: the page of a refusal, as it stands in <c>spec/errors</c>.</summary>
internal static class ErrorPages
{
    private static readonly FrozenDictionary<string, string> Pages = Load();

    public static void MapErrorPages(this IEndpointRouteBuilder app) =>
        app.MapGet(
                "/errors/{code}",
                (string code) =>
                    Pages.TryGetValue(code, out var page)
                        ? TypedResults.Text(page, "text/markdown; charset=utf-8")
                        : (IResult)CommonRefusals.NotFound
            )
            .WithName("errorPage")
            .Does("Read the page of a refusal")
            .GivesText("text/markdown", "The page")
            .Refuses(CommonRefusals.NotFound);

    private static FrozenDictionary<string, string> Load()
    {
        var assembly = typeof(ErrorPages).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith("errors/", StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => Path.GetFileNameWithoutExtension(name),
                name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return reader.ReadToEnd();
                }
            );
    }
}
