using Sluice.Server.Vocabulary;

namespace Sluice.Server.Webhooks;

internal static class StreamRefusals
{
    public static readonly Refusal NotFound = new(
        "audit_stream_not_found",
        404,
        "There is no webhook of the ledger with this id."
    );
    public static readonly Refusal TooMany = new(
        "audit_stream_limit",
        409,
        "This organisation has as many webhooks of its ledger as it can have; remove one first."
    );
}
