using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

internal static class IdentityRoutes
{
    public static void MapIdentity(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/service-accounts", CreateServiceAccount.Handle)
            .WithName("createServiceAccount")
            .Does("Make a service account: a caller that belongs to no person")
            .Takes(IdentityJson.Default.ServiceAccountRequest)
            .Gives(IdentityJson.Default.ServiceAccountShown, 201)
            .Refuses(IdentityRefusals.NameTaken, IdentityRefusals.WiderThanCaller);
        app.MapGet("/api/v1/service-accounts", ListServiceAccounts.Handle)
            .WithName("listServiceAccounts")
            .Does("List service accounts, oldest first")
            .Pages()
            .Gives(IdentityJson.Default.ListServiceAccountsResponse);
        app.MapGet("/api/v1/service-accounts/{id}", GetServiceAccount.Handle)
            .WithName("getServiceAccount")
            .Does("Show a service account")
            .Gives(IdentityJson.Default.ServiceAccountShown)
            .Refuses(IdentityRefusals.ServiceAccountNotFound);
        app.MapPatch("/api/v1/service-accounts/{id}", UpdateServiceAccount.Handle)
            .WithName("updateServiceAccount")
            .Does("Rename a service account or change its scopes; its keys follow at once")
            .Takes(IdentityJson.Default.ServiceAccountRequest)
            .Gives(IdentityJson.Default.ServiceAccountShown)
            .Refuses(
                IdentityRefusals.ServiceAccountNotFound,
                IdentityRefusals.NameTaken,
                IdentityRefusals.WiderThanCaller
            );
        app.MapDelete("/api/v1/service-accounts/{id}", RemoveServiceAccount.Handle)
            .WithName("removeServiceAccount")
            .Does("Remove a service account; its keys fail on their very next use")
            .GivesNothing()
            .Refuses(IdentityRefusals.ServiceAccountNotFound);
        app.MapGet("/api/v1/members", ListMembers.Handle)
            .WithName("listMembers")
            .Does("List members, oldest first")
            .Pages()
            .Gives(IdentityJson.Default.ListMembersResponse);
        app.MapPatch("/api/v1/members/{id}", UpdateMember.Handle)
            .WithName("updateMember")
            .Does(
                "Give a member another role, or deactivate it; its sessions and keys follow at once"
            )
            .Takes(IdentityJson.Default.UpdateMemberRequest)
            .Gives(IdentityJson.Default.MemberShown)
            .Refuses(
                IdentityRefusals.MemberNotFound,
                IdentityRefusals.OwnersOnly,
                IdentityRefusals.WiderThanCaller,
                IdentityRefusals.LastOwner
            );
        app.MapDelete("/api/v1/members/{id}", RemoveMember.Handle)
            .WithName("removeMember")
            .Does("Remove a member; its sessions and keys fail on their very next use")
            .GivesNothing()
            .Refuses(
                IdentityRefusals.MemberNotFound,
                IdentityRefusals.OwnersOnly,
                IdentityRefusals.LastOwner
            );
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(ServiceAccountRequest))]
[JsonSerializable(typeof(ServiceAccountShown))]
[JsonSerializable(
    typeof(ListServiceAccounts.Response),
    TypeInfoPropertyName = "ListServiceAccountsResponse"
)]
[JsonSerializable(typeof(MemberShown))]
[JsonSerializable(typeof(ListMembers.Response), TypeInfoPropertyName = "ListMembersResponse")]
[JsonSerializable(typeof(UpdateMember.Request), TypeInfoPropertyName = "UpdateMemberRequest")]
internal sealed partial class IdentityJson : JsonSerializerContext;
