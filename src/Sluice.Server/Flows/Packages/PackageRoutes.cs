using System.Text.Json.Serialization;

namespace Sluice.Server.Flows.Packages;

internal static class PackageRoutes
{
    public static void MapPackages(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/packages", PushPackage.Handle).WithName("pushPackage");
        app.MapGet("/api/v1/packages", ReadPackages.List).WithName("listPackages");
        app.MapGet("/api/v1/packages/{owner}/{name}/{version}", ReadPackages.One)
            .WithName("getPackage");
        app.MapDelete("/api/v1/packages/{owner}/{name}/{version}", ReadPackages.Delete)
            .WithName("deletePackage");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadPackages.ListResponse))]
[JsonSerializable(typeof(ReadPackages.OneResponse))]
internal sealed partial class PackageJson : JsonSerializerContext;
