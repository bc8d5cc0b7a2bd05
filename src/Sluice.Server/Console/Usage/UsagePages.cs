using Sluice.Server.Flows.Usage;

namespace Sluice.Server.Console.Usage;

/// <summary>The page Usage (seed 002): executions, success rate, average duration, a bar for each of 30 days; by flow and by key.</summary>
internal static class UsagePages
{
    public const string Root = "/console/usage";

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet(Root, Show);

    private static async Task<IResult> Show(Visit visit)
    {
        var usage = await visit.Ask(
            "getUsage",
            UsageJson.Default.Response,
            ActInput.Asking(("days", "30"), ("top", "50"))
        );
        return usage.Refused ? visit.Refused(usage.Refusal) : visit.Page<UsagePage>(usage.Value);
    }
}
