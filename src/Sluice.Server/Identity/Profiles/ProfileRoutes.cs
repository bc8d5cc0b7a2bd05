using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Profiles;

internal static class ProfileRoutes
{
    public static void MapProfiles(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/profile", ShowProfile.Handle)
            .WithName("getProfile")
            .Does("Show the member that calls, with its time zone and the time there")
            .Gives(ProfileJson.Default.ProfileShown)
            .Refuses(IdentityRefusals.MembersOnly);
        app.MapPut("/api/v1/profile", UpdateProfile.Handle)
            .WithName("updateProfile")
            .Does("Choose the time zone in which the pages show times to the member that calls")
            .Takes(ProfileJson.Default.UpdateProfileRequest)
            .Gives(ProfileJson.Default.ProfileShown)
            .Refuses(IdentityRefusals.MembersOnly);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(ProfileShown))]
[JsonSerializable(typeof(UpdateProfile.Request), TypeInfoPropertyName = "UpdateProfileRequest")]
internal sealed partial class ProfileJson : JsonSerializerContext;
