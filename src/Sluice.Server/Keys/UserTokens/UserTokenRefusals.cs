using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.UserTokens;

internal static class UserTokenRefusals
{
    public static readonly Refusal NotFound = new(
        "user_token_not_found",
        404,
        "There is no such user token in this organisation."
    );
    public static readonly Refusal Several = new(
        "user_token_ambiguous",
        409,
        "This member has several user tokens; name one by its jti."
    );
}
