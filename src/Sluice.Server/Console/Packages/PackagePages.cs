using Sluice.Server.Flows.Packages;

namespace Sluice.Server.Console.Packages;

/// <summary>Packages: their versions, and one with its nodes, messages, required secrets and build log.</summary>
internal static class PackagePages
{
    public const string Root = "/console/packages";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, List);
        pages.MapGet(Root + "/{owner}/{name}/{version}", Show);
        pages.MapGet(
            Root + "/{owner}/{name}/{version}/delete",
            (Visit visit, string owner, string name, string version) =>
                AskDelete(visit, owner, name, version, FormState.Fresh)
        );
        pages.MapPost(Root + "/{owner}/{name}/{version}/delete", Delete);
    }

    internal sealed record ListModel(
        IReadOnlyList<ReadPackages.Entry> Packages,
        string? Next,
        bool IsLater
    );

    internal sealed record OneModel(ReadPackages.OneResponse Package, bool MayChange);

    internal sealed record AskModel(string Name, string Version, FormState Form);

    private static async Task<IResult> List(Visit visit, string? cursor)
    {
        var packages = await visit.Ask(
            "listPackages",
            PackageJson.Default.ListResponse,
            ActInput.Asking(("cursor", cursor))
        );
        return packages.Refused
            ? visit.Refused(packages.Refusal)
            : visit.Page<PackageList>(
                new ListModel(
                    packages.Value.Data,
                    packages.Value.NextCursor is { } next
                        ? Root + QueryString.Create("cursor", next)
                        : null,
                    cursor is not null
                )
            );
    }

    private static async Task<IResult> Show(Visit visit, string owner, string name, string version)
    {
        var package = await visit.Ask(
            "getPackage",
            PackageJson.Default.OneResponse,
            Named(owner, name, version)
        );
        return package.Refused
            ? visit.Refused(package.Refusal)
            : visit.Page<PackageDetail>(new OneModel(package.Value, visit.May("deletePackage")));
    }

    private static async Task<IResult> AskDelete(
        Visit visit,
        string owner,
        string name,
        string version,
        FormState form
    )
    {
        var package = await visit.Ask(
            "getPackage",
            PackageJson.Default.OneResponse,
            Named(owner, name, version)
        );
        return package.Refused
            ? visit.Refused(package.Refusal)
            : visit.Page<PackageDelete>(
                new AskModel(package.Value.Name, package.Value.Version, form)
            );
    }

    private static async Task<IResult> Delete(
        Visit visit,
        string owner,
        string name,
        string version
    )
    {
        var posted = await visit.Read();
        var refusal =
            posted.Refusal ?? await visit.Do("deletePackage", Named(owner, name, version));
        return refusal is null
            ? visit.Done(
                Root,
                $"{owner}/{name}@{version} is out of sight. Graphs that use it go on."
            )
            : await AskDelete(visit, owner, name, version, new FormState(posted, refusal));
    }

    private static ActInput Named(string owner, string name, string version) =>
        ActInput.Of("owner", owner).On("name", name).On("version", version);
}
