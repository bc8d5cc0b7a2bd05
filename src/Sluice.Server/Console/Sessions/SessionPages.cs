using Sluice.Server.Identity.Sessions;

namespace Sluice.Server.Console.Sessions;

/// <summary>Where a person is signed in, and ending that elsewhere.</summary>
internal static class SessionPages
{
    public const string Root = "/console/sessions";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, (Visit visit) => List(visit));
        pages.MapPost(Root + "/{id}/end", End);
        pages.MapPost(Root + "/end-others", EndOthers);
    }

    private static async Task<IResult> List(Visit visit)
    {
        var sessions = await visit.Ask("listSessions", SessionJson.Default.ListSessionsResponse);
        return sessions.Refused
            ? visit.Refused(sessions.Refusal)
            : visit.Page<SessionList>(sessions.Value.Data);
    }

    private static async Task<IResult> End(Visit visit, string id)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("endSession", ActInput.Of("id", id));
        return refusal is null
            ? visit.Done(Root, "That session is ended. It is refused on its very next use.")
            : visit.Refused(refusal);
    }

    private static async Task<IResult> EndOthers(Visit visit)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("endOtherSessions", ActInput.None);
        return refusal is null
            ? visit.Done(Root, "You are signed in here alone.")
            : visit.Refused(refusal);
    }
}
