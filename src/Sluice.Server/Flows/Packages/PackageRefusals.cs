using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Packages;

internal static class PackageRefusals
{
    public static readonly Refusal NotFound = new(
        "package_not_found",
        404,
        "There is no package with this name and version in this tenant."
    );
    public static readonly Refusal NodeNotFound = new(
        "node_not_found",
        404,
        "The package has no node of this name."
    );
    public static readonly Refusal BadArchive = new(
        "package_archive_refused",
        400,
        "The upload is not a package archive that can be taken: send a gzip-compressed tar of the package's folder. Each reason is in `mistakes`."
    );
    public static readonly Refusal Invalid = new(
        "package_invalid",
        422,
        "The package has mistakes; each is named in `mistakes`. `sluice validate` finds them before a push."
    );
    public static readonly Refusal HandleMismatch = new(
        "handle_mismatch",
        403,
        "A package or flow name starts with the handle of its own tenant; change the name, or use a key of the tenant that it names."
    );
    public static readonly Refusal SchemaFrozen = new(
        "schema_frozen",
        409,
        "This version was pushed before with another message schema. Messages of a version never change: raise the version in the manifest."
    );
    public static readonly Refusal BuildFailed = new(
        "build_failed",
        422,
        "The package did not build, or a test of it failed; the log says where."
    );
    public static readonly Refusal NoRunner = new(
        "no_runner",
        503,
        "No node can be built or run on this server: no isolation tier works here. `/health` says why."
    );
}
