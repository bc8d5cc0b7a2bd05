using Sluice.Server.Identity;
using Sluice.Server.Identity.Invitations;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Members;

/// <summary>Inviting people: the form, the link shown once where no mail is sent, and taking an invitation back.</summary>
internal static class InvitationPages
{
    public const string Invite = MemberPages.Root + "/invite";

    private const string OfOne = MemberPages.Root + "/invitations/{id}/revoke";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Invite, (Visit visit) => New(visit, FormState.Fresh));
        pages.MapPost(Invite, Create);
        pages.MapGet(OfOne, (Visit visit, string id) => AskRevoke(visit, id, FormState.Fresh));
        pages.MapPost(OfOne, Revoke);
    }

    internal sealed record AskModel(InvitationShown Invitation, FormState Form);

    public static string RevokePath(string id) =>
        OfOne.Replace("{id}", id, StringComparison.Ordinal);

    /// <summary>Roles that are this person's to give: only an owner makes owners.</summary>
    public static IEnumerable<string> RolesOf(Visit visit) =>
        MemberPages.Roles.Where(role => role != "owner" || visit.Role == "owner");

    /// <summary>Those that wait to be accepted, newest first. They last for a week, so that nothing older is asked for.</summary>
    public static async Task<Outcome<List<InvitationShown>>> Open(Visit visit)
    {
        var open = new List<InvitationShown>();
        string? cursor = null;
        do
        {
            var page = await visit.Ask(
                "listInvitations",
                InvitationJson.Default.ListInvitationsResponse,
                ActInput.Asking(("limit", "200"), ("cursor", cursor))
            );
            if (page.Refused)
                return page.Refusal;
            open.AddRange(page.Value.Data.Where(each => each.Status == "pending"));
            cursor =
                page.Value.Data.Count > 0
                && page.Value.Data[^1].CreatedAt > visit.Now - Invitation.Lifetime
                    ? page.Value.NextCursor
                    : null;
        } while (cursor is not null);
        return open;
    }

    private static IResult New(Visit visit, FormState form) =>
        visit.May("createInvitation")
            ? visit.Page<MemberInvite>(form)
            : visit.Refused(ConsoleRefusals.NotYours);

    private static async Task<IResult> Create(Visit visit)
    {
        var posted = await visit.Read();
        if (posted.Refusal is { } outdated)
            return New(visit, new FormState(posted, outdated));
        if (visit.HasSpent(posted))
            return visit.Done(
                MemberPages.Root,
                "That form was sent already, and its link is not shown again. If it is lost, invite the person once more: the new link takes the place of the old."
            );
        var wish = new CreateInvitation.Request
        {
            Email = posted["email"],
            Name = posted.Text("name"),
            Role = posted["role"],
        };
        var made = await visit.Ask(
            "createInvitation",
            InvitationJson.Default.InvitationShown,
            ActInput.With(wish, InvitationJson.Default.CreateInvitationRequest)
        );
        if (made.Refused)
            return New(visit, new FormState(posted, made.Refusal));
        return made.Value.Link is null
            ? visit.Done(
                MemberPages.Root,
                $"{made.Value.Email} is invited; the link is on its way by mail and works for a week."
            )
            : visit.Once<MemberInvited>(posted, made.Value);
    }

    private static async Task<IResult> Revoke(Visit visit, string id)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("revokeInvitation", ActInput.Of("id", id));
        return refusal is null
            ? visit.Done(MemberPages.Root, "The invitation is taken back; its link opens nothing.")
            : await AskRevoke(visit, id, new FormState(posted, refusal));
    }

    private static async Task<IResult> AskRevoke(Visit visit, string id, FormState form)
    {
        var open = await Open(visit);
        if (open.Refused)
            return visit.Refused(open.Refusal);
        return open.Value.FirstOrDefault(each => each.Id == id) is { } invitation
            ? visit.Page<InvitationRevoke>(new AskModel(invitation, form))
            : visit.Refused(Acts.Noted(visit.Context, IdentityRefusals.InvitationNotFound));
    }
}
