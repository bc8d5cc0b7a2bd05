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
    public static readonly Refusal LastOwner = new(
        "last_owner",
        409,
        "This is the tenant's last owner; make another member an owner first."
    );
}
