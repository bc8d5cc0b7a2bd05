using Sluice.Server.Identity;
using Sluice.Server.Identity.Invitations;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Members;

/// <summary>Members: who they are, what role they have, and resting or removing one.</summary>
internal static class MemberPages
{
    public const string Root = "/console/members";

    public static readonly IReadOnlyList<string> Roles =
    [
        "owner",
        "admin",
        "policy_admin",
        "developer",
        "viewer",
    ];

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, List);
        pages.MapGet(
            Root + "/{id}",
            (Visit visit, string id) => Asking<MemberEdit>(visit, id, FormState.Fresh)
        );
        pages.MapPost(Root + "/{id}", Change);
        pages.MapGet(
            Root + "/{id}/remove",
            (Visit visit, string id) => Asking<MemberRemove>(visit, id, FormState.Fresh)
        );
        pages.MapPost(Root + "/{id}/remove", Remove);
    }

    internal sealed record ListModel(
        IReadOnlyList<MemberShown> Members,
        IReadOnlyList<InvitationShown> Invitations,
        string? Next,
        bool IsLater
    );

    internal sealed record OneModel(MemberShown Member, FormState Form);

    private static async Task<IResult> List(Visit visit, string? cursor)
    {
        var members = await visit.Ask(
            "listMembers",
            IdentityJson.Default.ListMembersResponse,
            ActInput.Asking(("cursor", cursor))
        );
        if (members.Refused)
            return visit.Refused(members.Refusal);
        // They stand below the first page of members.
        Outcome<List<InvitationShown>> invitations = cursor is null
            ? await InvitationPages.Open(visit)
            : new List<InvitationShown>();
        return invitations.Refused
            ? visit.Refused(invitations.Refusal)
            : visit.Page<MemberList>(
                new ListModel(
                    members.Value.Data,
                    invitations.Value,
                    members.Value.NextCursor is { } next
                        ? Root + QueryString.Create("cursor", next)
                        : null,
                    cursor is not null
                )
            );
    }

    private static async Task<IResult> Change(Visit visit, string id)
    {
        var posted = await visit.Read();
        var wish = new UpdateMember.Request
        {
            Role = posted.Text("role"),
            Active = posted["active"] != "no",
        };
        var refusal =
            posted.Refusal
            ?? await visit.Do(
                "updateMember",
                ActInput.With(wish, IdentityJson.Default.UpdateMemberRequest).On("id", id)
            );
        return refusal is null
            ? visit.Done(Root, "The member is changed; sessions and keys follow at once.")
            : await Asking<MemberEdit>(visit, id, new FormState(posted, refusal));
    }

    private static async Task<IResult> Remove(Visit visit, string id)
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("removeMember", ActInput.Of("id", id));
        return refusal is null
            ? visit.Done(
                Root,
                "The member is removed. Sessions and keys fail on their very next use."
            )
            : await Asking<MemberRemove>(visit, id, new FormState(posted, refusal));
    }

    private static async Task<IResult> Asking<TPage>(Visit visit, string id, FormState form)
        where TPage : VisitPage
    {
        var member = await Find(visit, id, null);
        return member.Refused
            ? visit.Refused(member.Refusal)
            : visit.Page<TPage>(new OneModel(member.Value, form));
    }

    /// <summary>One member. The API lists them and has no call for one, so that the pages of its list are gone through.</summary>
    public static async Task<Outcome<MemberShown>> Find(Visit visit, string id, string? cursor)
    {
        while (true)
        {
            var members = await visit.Ask(
                "listMembers",
                IdentityJson.Default.ListMembersResponse,
                ActInput.Asking(("limit", "200"), ("cursor", cursor))
            );
            if (members.Refused)
                return members.Refusal;
            if (members.Value.Data.FirstOrDefault(member => member.Id == id) is { } found)
                return found;
            if (members.Value.NextCursor is not { } next)
                return IdentityRefusals.MemberNotFound;
            cursor = next;
        }
    }
}
