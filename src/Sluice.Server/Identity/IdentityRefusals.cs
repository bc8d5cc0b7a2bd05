using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

internal static class IdentityRefusals
{
    public static readonly Refusal MemberNotFound = new(
        "member_not_found",
        404,
        "There is no member with this id in this tenant."
    );
    public static readonly Refusal ServiceAccountNotFound = new(
        "service_account_not_found",
        404,
        "There is no service account with this id in this tenant."
    );
    public static readonly Refusal NameTaken = new(
        "service_account_name_taken",
        409,
        "Another service account of this tenant has this name; choose another."
    );
    public static readonly Refusal WiderThanCaller = new(
        "rights_wider_than_caller",
        403,
        "Nobody gives rights that they do not have; leave out what `mistakes` names, or use a credential that has it."
    );
    public static readonly Refusal OwnersOnly = new(
        "owners_only",
        403,
        "Only an owner makes, changes or removes an owner."
    );
    public static readonly Refusal MembersOnly = new(
        "members_only",
        403,
        "Only a member has a profile, and this caller is a service account; use a session or a key of the member."
    );
    public static readonly Refusal LastOwner = new(
        "last_owner",
        409,
        "This is the tenant's last owner; make another member an owner first."
    );
    public static readonly Refusal SignInFailed = new(
        "sign_in_failed",
        401,
        "Nobody could be signed in with this organisation, address and password."
    );
    public static readonly Refusal TooManyTries = new(
        "too_many_tries",
        429,
        "Too many tries failed, from this address or for this account; wait as long as `Retry-After` says."
    );
    public static readonly Refusal SessionNotFound = new(
        "session_not_found",
        404,
        "There is no session of yours with this id."
    );
    public static readonly Refusal NotAMember = new(
        "not_a_member",
        404,
        "You belong to no organisation with this handle."
    );
    public static readonly Refusal FormNotOurs = new(
        "form_not_ours",
        403,
        "This form was not sent by a page of this server, or has grown old; open the page again."
    );
    public static readonly Refusal NoMail = new(
        "mail_not_configured",
        501,
        "This server sends no mail (`Mail:Host`); ask its operator for a link that sets a new password."
    );
    public static readonly Refusal LinkNotValid = new(
        "link_not_valid",
        400,
        "This link is none, was used, was taken back or has ended; ask for another."
    );
    public static readonly Refusal WrongPassword = new(
        "wrong_password",
        403,
        "That is not the password of this login; nothing was changed."
    );
    public static readonly Refusal AlreadyMember = new(
        "already_member",
        409,
        "Somebody with this address is a member already."
    );
    public static readonly Refusal InvitationNotFound = new(
        "invitation_not_found",
        404,
        "There is no invitation with this id in this tenant."
    );
}
