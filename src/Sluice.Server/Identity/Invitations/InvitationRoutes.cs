using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Invitations;

internal static class InvitationRoutes
{
    public static IServiceCollection AddInvitations(this IServiceCollection services) =>
        services.AddSingleton<CreateInvitation>().AddSingleton<AcceptInvitation>();

    public static void MapInvitations(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/v1/invitations", CreateInvitation.Handle)
            .WithName("createInvitation")
            .Does("Invite a person; the link goes by mail, or is in this answer and never again")
            .Takes(InvitationJson.Default.CreateInvitationRequest)
            .Gives(InvitationJson.Default.InvitationShown, 201)
            .Refuses(
                IdentityRefusals.AlreadyMember,
                IdentityRefusals.OwnersOnly,
                IdentityRefusals.WiderThanCaller
            );
        app.MapGet("/api/v1/invitations", ListInvitations.Handle)
            .WithName("listInvitations")
            .Does("List invitations and what became of them, newest first")
            .Pages()
            .Gives(InvitationJson.Default.ListInvitationsResponse);
        app.MapDelete("/api/v1/invitations/{id}", RevokeInvitation.Handle)
            .WithName("revokeInvitation")
            .Does("Take an invitation back; its link opens nothing any more")
            .GivesNothing()
            .Refuses(IdentityRefusals.InvitationNotFound);
        app.MapPost("/api/v1/auth/accept-invitation", AcceptInvitation.Handle)
            .WithName("acceptInvitation")
            .Does("Accept an invitation with the code of its link, set a password and sign in")
            .Takes(InvitationJson.Default.AcceptInvitationRequest)
            .Gives(SessionJson.Default.SessionShown)
            .Refuses(
                IdentityRefusals.LinkNotValid,
                IdentityRefusals.WrongPassword,
                FactorRefusals.CodeNeeded,
                FactorRefusals.WrongCode,
                IdentityRefusals.TooManyTries
            );
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(
    typeof(CreateInvitation.Request),
    TypeInfoPropertyName = "CreateInvitationRequest"
)]
[JsonSerializable(
    typeof(AcceptInvitation.Request),
    TypeInfoPropertyName = "AcceptInvitationRequest"
)]
[JsonSerializable(typeof(InvitationShown))]
[JsonSerializable(
    typeof(ListInvitations.Response),
    TypeInfoPropertyName = "ListInvitationsResponse"
)]
internal sealed partial class InvitationJson : JsonSerializerContext;
