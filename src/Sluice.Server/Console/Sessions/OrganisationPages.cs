using Sluice.Server.Identity.Sessions;

namespace Sluice.Server.Console.Sessions;

/// <summary>The organisations of a person, and going from one to another.</summary>
internal static class OrganisationPages
{
    public const string Root = "/console/organisations";

    /// <summary>Field: the handle of the one to go to.</summary>
    public const string To = "org_id";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, (Visit visit) => List(visit));
        pages.MapPost(Root, Switch);
    }

    private static async Task<IResult> List(Visit visit)
    {
        var found = await visit.Ask(
            "listOwnOrganizations",
            SessionJson.Default.ListOrganizationsResponse
        );
        return found.Refused
            ? visit.Refused(found.Refusal)
            : visit.Page<OrganisationList>(found.Value.Data);
    }

    private static async Task<IResult> Switch(Visit visit)
    {
        var posted = await visit.Read();
        var refusal =
            posted.Refusal
            ?? await visit.Do(
                "switchOrganization",
                ActInput.With(
                    new SwitchOrganization.Request { OrgId = posted.Text(To) },
                    SessionJson.Default.SwitchOrganizationRequest
                )
            );
        return refusal is null
            ? visit.Done("/console", $"You are in {posted.Text(To)} now.")
            : visit.Refused(refusal);
    }
}
