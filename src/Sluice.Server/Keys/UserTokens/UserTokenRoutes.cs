using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Identity;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.UserTokens;

internal static class UserTokenRoutes
{
    private const string Path = "/api/v1/admin/organizations/{org}/user-tokens";

    public static void MapUserTokens(this IEndpointRouteBuilder app)
    {
        app.MapPost(Path, CreateUserToken.Handle)
            .WithName("createUserToken")
            .Does(
                "Make a token for a member, for a time; its text is in this answer and never again"
            )
            .Takes(UserTokenJson.Default.CreateUserTokenRequest)
            .Gives(UserTokenJson.Default.UserTokenMade, 201)
            .Refuses(
                KeyRefusals.OrganizationNotFound,
                IdentityRefusals.MemberNotFound,
                KeyRefusals.WiderThanCaller
            );
        app.MapPost(Path + "/rotate", RotateUserToken.Handle)
            .WithName("rotateUserToken")
            .Does("Make a user token's successor; both work until the overlap is over")
            .Takes(UserTokenJson.Default.RotateUserTokenRequest)
            .Gives(UserTokenJson.Default.UserTokenMade, 201)
            .Refuses(
                KeyRefusals.OrganizationNotFound,
                IdentityRefusals.MemberNotFound,
                UserTokenRefusals.NotFound,
                UserTokenRefusals.Several,
                KeyRefusals.NotActive,
                KeyRefusals.RotatedAlready
            );
        app.MapDelete(Path, RevokeUserTokens.Handle)
            .WithName("revokeUserTokens")
            .Does("End a user token, or all of a member, with a reason")
            .Takes(UserTokenJson.Default.RevokeUserTokensRequest)
            .Gives(UserTokenJson.Default.RevokeUserTokensResponse)
            .Refuses(
                KeyRefusals.OrganizationNotFound,
                IdentityRefusals.MemberNotFound,
                UserTokenRefusals.NotFound
            );
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(CreateUserToken.Request), TypeInfoPropertyName = "CreateUserTokenRequest")]
[JsonSerializable(typeof(RotateUserToken.Request), TypeInfoPropertyName = "RotateUserTokenRequest")]
[JsonSerializable(
    typeof(RevokeUserTokens.Request),
    TypeInfoPropertyName = "RevokeUserTokensRequest"
)]
[JsonSerializable(
    typeof(RevokeUserTokens.Response),
    TypeInfoPropertyName = "RevokeUserTokensResponse"
)]
[JsonSerializable(typeof(UserTokenMade))]
internal sealed partial class UserTokenJson : JsonSerializerContext;
