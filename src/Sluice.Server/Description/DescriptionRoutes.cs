using System.Text;
using System.Text.Json.Serialization;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Description;

internal static class DescriptionRoutes
{
    /// <summary>Nothing from elsewhere, no script at all.</summary>
    private const string Policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly byte[] Specification = Resource("description/openapi.json");
    private static readonly byte[] Style = Resource("description/reference.css");
    private static readonly byte[] Script = Resource("description/try.js");
    private static readonly Lazy<byte[]> Reference = new(() =>
        Encoding.UTF8.GetBytes(ReferencePage.Write(Specification))
    );

    /// <summary>What <c>/</c> answers to programs.</summary>
    internal sealed record Welcome
    {
        /// <summary>Always <c>sluice</c>.</summary>
        public required string Service { get; init; }

        public required string Version { get; init; }

        /// <summary>Paths by what is there.</summary>
        public required IReadOnlyDictionary<string, string> Links { get; init; }
    }

    public static void MapDescription(this IEndpointRouteBuilder app, string version)
    {
        app.MapGet("/", (HttpContext context) => First(context, version))
            .WithName("welcome")
            .Does("Say what this is: a page for people, JSON for programs")
            .Gives(DescriptionJson.Default.Welcome);
        app.MapGet("/openapi.json", () => TypedResults.Bytes(Specification, "application/json"))
            .WithName("getOpenApi")
            .Does("Read this description of the API")
            .GivesText("application/json", "An OpenAPI 3.1 document");
        app.MapGet("/docs", (HttpContext context) => Page(context, Reference.Value))
            .WithName("readReference")
            .Does("Read this description of the API as a page")
            .GivesText("text/html", "The reference");
        app.MapGet(
                "/docs/reference.css",
                () => TypedResults.Bytes(Style, "text/css; charset=utf-8")
            )
            .WithName("getReferenceStyle")
            .Does("Read the style of these pages")
            .GivesText("text/css", "The style");
        app.MapGraphDescription(Specification, Script);
    }

    private static IResult First(HttpContext context, string version)
    {
        context.Response.Headers.Vary = "Accept";
        if (
            context
                .Request.Headers.Accept.ToString()
                .Contains("text/html", StringComparison.OrdinalIgnoreCase)
        )
            return Page(context, Encoding.UTF8.GetBytes(WelcomePage.Write(version)));
        var links = new Dictionary<string, string>
        {
            ["openapi"] = "/openapi.json",
            ["reference"] = "/docs",
            ["health"] = "/health",
        };
        var welcome = new Welcome
        {
            Service = "sluice",
            Version = version,
            Links = links,
        };
        return TypedResults.Json(welcome, DescriptionJson.Default.Welcome);
    }

    private static IResult Page(HttpContext context, byte[] html)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        return TypedResults.Bytes(html, "text/html; charset=utf-8");
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(DescriptionRoutes).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DescriptionRoutes.Welcome))]
internal sealed partial class DescriptionJson : JsonSerializerContext;
