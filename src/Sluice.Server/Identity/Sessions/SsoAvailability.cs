namespace Sluice.Server.Identity.Sessions;

/// <summary>Whether an organisation's people sign in through a provider of its own; the answer is the same for one that is not there.</summary>
internal static class SsoAvailability
{
    internal sealed record Response(
        bool SsoEnabled,
        string? SsoProvider,
        bool EnforceSso,
        string? SsoLoginUrl
    );

    private static readonly Response None = new(false, null, false, null);

    public static IResult Handle() =>
        TypedResults.Json(None, SessionJson.Default.SsoAvailabilityResponse);
}
