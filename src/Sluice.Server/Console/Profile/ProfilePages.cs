using System.Globalization;
using Sluice.Server.Identity.Profiles;

namespace Sluice.Server.Console.Profile;

/// <summary>Who a person is in this organisation, and the time zone in which the pages show times.</summary>
internal static class ProfilePages
{
    public const string Root = "/console/profile";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, (Visit visit) => Show(visit, FormState.Fresh));
        pages.MapPost(Root, Save);
    }

    internal sealed record Model(ProfileShown Profile, FormState Form);

    private static async Task<IResult> Show(Visit visit, FormState form)
    {
        var profile = await visit.Ask("getProfile", ProfileJson.Default.ProfileShown);
        return profile.Refused
            ? visit.Refused(profile.Refusal)
            : visit.Page<ProfilePage>(new Model(profile.Value, form));
    }

    private static async Task<IResult> Save(Visit visit)
    {
        var posted = await visit.Read();
        if (posted.Refusal is { } outdated)
            return await Show(visit, new FormState(posted, outdated));
        var saved = await visit.Ask(
            "updateProfile",
            ProfileJson.Default.ProfileShown,
            ActInput.With(
                new UpdateProfile.Request { TimeZone = posted.Text("time_zone") },
                ProfileJson.Default.UpdateProfileRequest
            )
        );
        return saved.Refused
            ? await Show(visit, new FormState(posted, saved.Refusal))
            : visit.Done(Root, Told(saved.Value));
    }

    private static string Told(ProfileShown profile) =>
        profile.TimeZone is { } zone
            ? $"Times are shown in {zone} now. There it is {profile.LocalTime.ToString("HH:mm", CultureInfo.InvariantCulture)}."
            : "Times are shown as your browser has them, and in UTC without a script.";
}
