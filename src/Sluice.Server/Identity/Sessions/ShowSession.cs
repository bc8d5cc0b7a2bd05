using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>Who is signed in.</summary>
internal static class ShowSession
{
    public static IResult Handle(HttpContext context, Caller caller)
    {
        context.Response.Headers.CacheControl = "no-store";
        // The doors have found the session on the way in, for this caller and no other.
        var found = context.Features.Get<FoundSession>()!;
        return found.Id == caller.SessionId
            ? TypedResults.Json(SessionShown.Of(found), SessionJson.Default.SessionShown)
            : throw new InvalidOperationException("the caller is not whom the session is of");
    }
}
