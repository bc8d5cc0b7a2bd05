using System.Text.Json.Serialization;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Packages;

internal static class PackageRoutes
{
    public static void MapPackages(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/packages", PushPackage.Handle)
            .WithName("pushPackage")
            .Does(
                "Build a package in the sandbox, run its tests and keep it; a version can be pushed again with the same messages"
            )
            .TakesBytes(
                "application/gzip",
                "The package's folder as a gzip-compressed tar, at most 32 MiB"
            )
            .GivesText(
                "application/x-ndjson",
                "A line of JSON for each line of the build, `{\"event\":\"log\",\"text\"}`, and last `{\"event\":\"done\",\"success\"}` with name, version, digest and nodes, or with an error"
            )
            .Refuses(
                PackageRefusals.BadArchive,
                PackageRefusals.Invalid,
                PackageRefusals.HandleMismatch,
                PackageRefusals.SchemaFrozen,
                PackageRefusals.NoRunner
            );
        app.MapGet("/api/v1/packages", ReadPackages.List)
            .WithName("listPackages")
            .Does("List packages")
            .Pages()
            .Gives(PackageJson.Default.ListResponse);
        app.MapGet("/api/v1/packages/{owner}/{name}/{version}", ReadPackages.One)
            .WithName("getPackage")
            .Does("Show a version of a package with its nodes, messages and build log")
            .Gives(PackageJson.Default.OneResponse)
            .Refuses(PackageRefusals.NotFound);
        app.MapDelete("/api/v1/packages/{owner}/{name}/{version}", ReadPackages.Delete)
            .WithName("deletePackage")
            .Does("Take a version out of sight; graphs that use it go on")
            .GivesNothing()
            .Refuses(PackageRefusals.NotFound);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadPackages.ListResponse))]
[JsonSerializable(typeof(ReadPackages.OneResponse))]
internal sealed partial class PackageJson : JsonSerializerContext;
